import type {
  DescribeAccountLimitsCommandInput,
  DescribeAccountLimitsCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { page } from './pages.ts'
import type { LoadBalancerType } from './state.ts'

/** AWS's default quotas by the names of DescribeAccountLimits. Those that this sandbox enforces are read from here. */
export const limits = {
  'application-load-balancers': 50,
  'network-load-balancers': 50,
  'target-groups': 3000,
  'listeners-per-application-load-balancer': 50,
  'listeners-per-network-load-balancer': 50,
  'rules-per-application-load-balancer': 100,
  'condition-values-per-alb-rule': 5,
  'condition-wildcards-per-alb-rule': 5,
  'target-groups-per-application-load-balancer': 100,
  'target-groups-per-action-on-application-load-balancer': 5,
  'target-groups-per-action-on-network-load-balancer': 5,
  'targets-per-application-load-balancer': 1000,
  'targets-per-network-load-balancer': 3000,
  'targets-per-availability-zone-per-network-load-balancer': 500,
  'target-id-registrations-per-application-load-balancer': 1000,
  'certificates-per-application-load-balancer': 25,
  'certificates-per-network-load-balancer': 25,
} as const

/** An account without weights on network load balancers is told of one group there. */
export const groupsPerAction = ({ account }: World, type: LoadBalancerType): number =>
  type === 'network' && !account.weightedNetworkListeners
    ? 1
    : limits[`target-groups-per-action-on-${type}-load-balancer`]

export const describeAccountLimits: Operation<DescribeAccountLimitsCommandInput, DescribeAccountLimitsCommandOutput> = (
  world,
  input,
) => {
  const ofAccount = {
    ...limits,
    'target-groups-per-action-on-network-load-balancer': groupsPerAction(world, 'network'),
  }
  const { items, NextMarker } = page(Object.entries(ofAccount), input)
  return { Limits: items.map(([Name, max]) => ({ Name, Max: String(max) })), NextMarker }
}
