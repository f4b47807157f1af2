import { AwsError } from '../errors.ts'
import { deregisterTargets, registerTargets } from '../elbv2/targets.ts'
import type { Target } from '../elbv2/state.ts'
import type { World } from '../world.ts'
import type { Group, Member, Source } from './state.ts'

/** Auto Scaling calls Elastic Load Balancing by itself. */
const caller = { accessKeyId: '', requestId: '' }

/** The registrations of one instance with a target group; those that drain are among them. */
export function targetsOf(world: World, { arn }: Source, { instanceId }: Member): Target[] {
  return [...(world.elbv2.targetGroups.get(arn)?.targets.values() ?? [])].filter(({ id }) => id === instanceId)
}

export const isRegistered = (world: World, source: Source, member: Member): boolean =>
  targetsOf(world, source, member).some(({ health }) => health.state !== 'draining')

/** On the target group's own port. Without effect where Elastic Load Balancing refuses (too many targets, an instance that just ended). */
export function register(world: World, source: Source, member: Member): void {
  change(world, () =>
    registerTargets(world, { TargetGroupArn: source.arn, Targets: [{ Id: member.instanceId }] }, caller),
  )
}

/** From every port on which it is registered. */
export function deregister(world: World, source: Source, member: Member): void {
  const Targets = targetsOf(world, source, member)
    .filter(({ health }) => health.state !== 'draining')
    .map(({ id, port }) => ({ Id: id, Port: port }))
  if (Targets.length === 0) return
  change(world, () => deregisterTargets(world, { TargetGroupArn: source.arn, Targets }, caller))
}

/** Still registered somewhere, or draining. */
export const hasTargets = (world: World, group: Group, member: Member): boolean =>
  [...group.sources.values()].some((source) => targetsOf(world, source, member).length > 0)

function change(world: World, write: () => unknown): void {
  try {
    write()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
  world.events.emit('changed')
}
