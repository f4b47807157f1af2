import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { bareId } from './ids.ts'
import type { Change, HostedZone } from './state.ts'

export function findZone(world: World, given: string | undefined): HostedZone {
  const id = bareId(given)
  const zone = world.route53.zones.get(id)
  if (!zone) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404)
  return zone
}

export function findChange(world: World, given: string | undefined): Change {
  const id = bareId(given)
  const change = world.route53.changes.get(id)
  if (!change) throw new AwsError('NoSuchChange', `Could not find resource with ID: ${id}`, 404)
  return change
}
