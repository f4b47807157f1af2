import type { GroupOfNodes } from '../../aws/auto-scaling.ts'
import type { Binding } from '../../kubernetes/reads.ts'
import {
  alreadySplit,
  forwardsElsewhere,
  notAForward,
  notApplicationLoadBalancer,
  ownedByCloudFormation,
  ownedByController,
  refuseByFirst,
  servesNobody,
  sticky,
  targetGroupElsewhere,
  type Refusal,
} from '../elbv2/refusals.ts'
import type { GreenNodes } from '../kind.ts'
import type { Survey } from '../elbv2/survey.ts'

/** What was read of AWS and of both clusters before anything is decided. */
export interface Surveyed extends Survey {
  readonly wanted: GreenNodes
  /** Those of the wanted groups that exist. */
  readonly groups: readonly GroupOfNodes[]
  readonly bindings: { readonly blue: readonly Binding[]; readonly green: readonly Binding[] }
}

type Check = (surveyed: Surveyed) => Refusal

/** Why a switch point is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  ownedByController,
  ownedByCloudFormation,
  notApplicationLoadBalancer,
  notAForward,
  alreadySplit,
  servesNobody,
  targetGroupElsewhere,
  forwardsElsewhere,
  notInstances,
  sticky,
  boundByAController,
  noSuchGroup,
  killsItsNodes,
  attachedToBlue,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotMove = (surveyed: Surveyed): void => refuseByFirst(checks, surveyed)

function notInstances({ targetGroup }: Surveyed): Refusal {
  if (targetGroup.TargetType === 'instance') return null
  const reason = `its targets are of type ${targetGroup.TargetType}, not instances`
  return [
    'blueTargetGroup',
    reason,
    'Kind node-port is for target groups of type instance; pod addresses are kind alb.',
  ]
}

/** A controller deregisters every target that it did not register itself: also those of an auto-scaling group. */
function boundByAController({ bindings, config }: Surveyed): Refusal {
  for (const [cluster, ofCluster] of Object.entries(bindings)) {
    const binding = ofCluster.find(({ targetGroupArn }) => targetGroupArn === config.blueTargetGroup)
    if (!binding) continue
    const reason = `the TargetGroupBinding ${binding.namespace}/${binding.name} in ${cluster} names it, so its controller removes every node that it did not register itself`
    return ['blueTargetGroup', reason, 'Fill the group by the auto-scaling groups alone, without a binding.']
  }
  return null
}

function noSuchGroup({ wanted, groups }: Surveyed): Refusal {
  const missing = wanted.autoScalingGroups.find((name) => !groups.some((group) => group.name === name))
  if (missing === undefined) return null
  return ['greenNodes', `there is no auto-scaling group ${missing}`, 'Check the name and the region.']
}

function killsItsNodes({ groups }: Surveyed): Refusal {
  const group = groups.find(({ healthCheckType }) => healthCheckType === 'ELB')
  if (!group) return null
  const reason = `${group.name} checks the health of its nodes by load balancer, so it would terminate each node that fails green's first checks`
  return ['greenNodes', reason, 'Set its health-check type to EC2 until the workload is retired.']
}

function attachedToBlue({ groups, config }: Surveyed): Refusal {
  const group = groups.find(({ targetGroups }) => targetGroups.includes(config.blueTargetGroup))
  if (!group) return null
  const reason = `${group.name} is attached to blue's target group: attached means live, whatever the weights are`
  return ['greenNodes', reason, 'Detach it from that group first.']
}
