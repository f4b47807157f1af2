import type { GroupOfNodes } from '../../aws/auto-scaling.ts'
import type { Binding } from '../../kubernetes/reads.ts'
import {
  alreadySplit,
  dividedByRules,
  forwardsElsewhere,
  gatewayLoadBalancer,
  notAForward,
  notConnections,
  ownedByCloudFormation,
  ownedByController,
  refuseByFirst,
  servesNobody,
  sticky,
  targetGroupElsewhere,
  testPortTaken,
  withoutWeights,
  type Refusal,
} from '../elbv2/refusals.ts'
import type { GreenNodes } from '../kind.ts'
import type { Survey } from '../elbv2/survey.ts'
import type { NodePortConfig, Strategy } from './config.ts'

/** What was read of AWS and of both clusters before anything is decided. */
export interface Surveyed extends Survey {
  readonly strategy: Strategy
  readonly wanted: GreenNodes
  readonly clients: NodePortConfig['clients']
  /** Those of the wanted groups that exist. */
  readonly groups: readonly GroupOfNodes[]
  readonly bindings: { readonly blue: readonly Binding[]; readonly green: readonly Binding[] }
}

type Check = (surveyed: Surveyed) => Refusal

/** Why a switch point is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  ownedByController,
  ownedByCloudFormation,
  gatewayLoadBalancer,
  notConnections,
  notAForward,
  dividedByRules,
  alreadySplit,
  servesNobody,
  targetGroupElsewhere,
  forwardsElsewhere,
  notInstances,
  sticky,
  cannotWeigh,
  testPortTaken,
  boundByAController,
  noSuchGroup,
  killsItsNodes,
  attachedToBlue,
  clientsUnknown,
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

function cannotWeigh(surveyed: Surveyed): Refusal {
  return surveyed.strategy === 'shared'
    ? null
    : withoutWeights(surveyed, 'Say strategy: shared, which moves by nodes in one group.')
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
  return group ? ['greenNodes', killing(group.name), spare] : null
}

/** Why an auto-scaling group with health-check type ELB must not be attached, and the way out. */
export const killing = (group: string): string =>
  `${group} checks the health of its nodes by load balancer, so it would terminate each node that fails green's first checks`

export const spare = 'Set its health-check type to EC2 until the workload is retired.'

function attachedToBlue({ groups, config }: Surveyed): Refusal {
  const group = groups.find(({ targetGroups }) => targetGroups.includes(config.blueTargetGroup))
  if (!group) return null
  const reason = `${group.name} is attached to blue's target group: attached means live, whatever the weights are`
  return ['greenNodes', reason, 'Detach it from that group first.']
}

/** With the clients' own addresses at the nodes, nothing of the load balancer's says who has to be let in. */
function clientsUnknown({ wanted, clients, network, loadBalancer, targetGroupAttributes }: Surveyed): Refusal {
  const shown = targetGroupAttributes['preserve_client_ip.enabled'] === 'true'
  const guarded = (loadBalancer.SecurityGroups ?? []).length > 0
  if (!network || !shown || guarded || !wanted.securityGroup || clients) return null
  const reason =
    'the load balancer has no security group and shows its clients to the nodes, so their addresses decide who is let in'
  return ['clients', reason, 'Name their ranges, or open the node port by hand and leave securityGroup out.']
}
