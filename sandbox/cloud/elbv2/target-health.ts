import type { TargetHealth as Described } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { World } from '../world.ts'
import { isRunning } from './instance-targets.ts'
import { loadBalancerOf } from './references.ts'
import type { LoadBalancer, Target, TargetGroup, TargetHealth } from './state.ts'

/** The state of a target whose first health check is still to come. */
export const registering: TargetHealth = { state: 'initial', reason: 'Elb.RegistrationInProgress' }

/** The load balancer that checks the target and may send it traffic. undefined: the target is `unused`, never checked. */
export function usedBy(world: World, group: TargetGroup, target: Target): LoadBalancer | undefined {
  const loadBalancer = loadBalancerOf(world.elbv2, group.arn)
  return loadBalancer && inZoneOf(loadBalancer, target) ? loadBalancer : undefined
}

export function inZoneOf(loadBalancer: LoadBalancer, target: Target): boolean {
  const zone = target.zone ?? 'all'
  return zone === 'all' || loadBalancer.zones.some(({ ZoneName }) => ZoneName === zone)
}

const descriptions = {
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
}

export const notRegistered: Described = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
}

/** As DescribeTargetHealth words it. */
export function describeHealth(world: World, group: TargetGroup, target: Target): Described {
  const { health } = target
  if (health.state === 'draining') {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    }
  }
  if (group.targetType === 'instance' && !isRunning(world, target.id)) {
    return {
      State: 'unused',
      Reason: 'Target.InvalidState',
      Description: 'Target is in the stopped or terminated state',
    }
  }
  if (!loadBalancerOf(world.elbv2, group.arn)) {
    return unused('Target group is not configured to receive traffic from the load balancer')
  }
  if (!usedBy(world, group, target)) {
    return unused('Target is in an Availability Zone that is not enabled for the load balancer')
  }
  if (!group.healthCheck.enabled) {
    return {
      State: 'unavailable',
      Reason: 'Target.HealthCheckDisabled',
      Description: 'Health checks are not enabled for this target',
    }
  }
  if (health.state === 'initial') {
    return { State: 'initial', Reason: health.reason, Description: descriptions[health.reason] }
  }
  if (health.state === 'unhealthy') {
    return { State: 'unhealthy', Reason: health.reason, Description: health.description }
  }
  return { State: 'healthy' }
}

const unused = (Description: string): Described => ({ State: 'unused', Reason: 'Target.NotInUse', Description })
