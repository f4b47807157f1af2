import type { World } from '../world.ts'
import { advance, isSuspended, resize, takeOut } from './members.ts'
import type { Group, Member, Source } from './state.ts'
import { deregister, isRegistered, register, targetsOf } from './targets.ts'

/** AWS seconds between two looks at a group. AWS publishes no figure; changes show within seconds. */
const lookSeconds = 5

/** Lets a group live: it is looked at again and again until it is deleted. */
export function start(world: World, group: Group): void {
  world.clock.after(lookSeconds, () => {
    if (world.autoscaling.groups.get(group.name) !== group) return
    look(world, group)
    start(world, group)
  })
}

/** What Auto Scaling does of its own accord: each look takes every instance and every attachment one step further. */
function look(world: World, group: Group): void {
  if (!isSuspended(group, 'HealthCheck')) for (const member of group.members.values()) checkHealth(world, group, member)
  for (const member of [...group.members.values()]) advance(world, group, member)
  resize(world, group)
  for (const source of [...group.sources.values()]) follow(world, group, source)
  if (group.deleting && group.members.size === 0) world.autoscaling.groups.delete(group.name)
}

const ec2Words =
  'an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.'
const elbWords = 'an instance was taken out of service in response to an ELB system health check failure.'
const otherWords = 'an instance was taken out of service in response to a user health-check.'

function checkHealth(world: World, group: Group, member: Member): void {
  if (member.life.state !== 'InService') return
  const reason = whatIsWrong(world, group, member, member.life.since)
  if (reason === undefined) return
  member.health = 'Unhealthy'
  if (!isSuspended(group, 'ReplaceUnhealthy')) takeOut(world, group, member, reason)
}

function whatIsWrong(world: World, group: Group, member: Member, since: number): string | undefined {
  if (world.ec2.instances.get(member.instanceId)?.state !== 'running') return ec2Words
  const inGrace = performance.now() < since + world.clock.ms(group.graceSeconds)
  if (group.healthCheckType === 'ELB' && !inGrace && failsSomewhere(world, group, member)) return elbWords
  return member.health === 'Unhealthy' ? otherWords : undefined
}

/** One target group that finds an instance unhealthy is enough. A target that is unused or not registered fails nothing. */
const failsSomewhere = (world: World, group: Group, member: Member): boolean =>
  [...group.sources.values()].some(
    (source) =>
      source.state !== 'Removing' &&
      targetsOf(world, source, member).some(({ health }) => health.state === 'unhealthy'),
  )

/** Adding → Added → InService, or Removing → gone. */
function follow(world: World, group: Group, source: Source): void {
  const inService = [...group.members.values()].filter(({ life }) => life.state === 'InService')
  switch (source.state) {
    case 'Adding':
      for (const member of inService) if (!isRegistered(world, source, member)) register(world, source, member)
      if (inService.every((member) => isRegistered(world, source, member))) source.state = 'Added'
      return
    case 'Added':
      if (isHealthySomewhere(world, source, inService)) source.state = 'InService'
      return
    case 'InService':
      return
    case 'Removing':
      for (const member of group.members.values()) deregister(world, source, member)
      if ([...group.members.values()].every((member) => targetsOf(world, source, member).length === 0)) {
        group.sources.delete(source.arn)
      }
  }
}

const isHealthySomewhere = (world: World, source: Source, members: readonly Member[]): boolean =>
  members.some((member) => targetsOf(world, source, member).some(({ health }) => health.state === 'healthy'))
