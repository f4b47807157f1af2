import { AwsError } from '../errors.ts'
import { validationError } from '../elbv2/invalid.ts'
import { pageOf } from '../page.ts'
import type { World } from '../world.ts'
import type { Group, Member } from './state.ts'

export function findGroup(world: World, name: string | undefined): Group {
  const group = world.autoscaling.groups.get(name ?? '')
  if (group) return group
  throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name ?? ''}' not found`)
}

/** The group that an instance belongs to, and what it is there. */
export function findMember(world: World, instanceId: string | undefined): { group: Group; member: Member } {
  for (const group of world.autoscaling.groups.values()) {
    const member = group.members.get(instanceId ?? '')
    if (member) return { group, member }
  }
  throw validationError(`Instance Id not found - No managed instance found for instance ID: ${instanceId ?? ''}`)
}

interface PageInput {
  MaxRecords?: number | undefined
  NextToken?: string | undefined
}

/** `most` at a time, asked or not. */
export function page<Item>(items: readonly Item[], input: PageInput, most: number) {
  const found = pageOf(items, Math.min(input.MaxRecords ?? most, most), input.NextToken)
  if (!found) throw new AwsError('InvalidNextToken', `The token '${input.NextToken}' is invalid.`)
  return { items: found.items, NextToken: found.next }
}
