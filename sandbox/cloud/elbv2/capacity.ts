import type {
  DescribeCapacityReservationCommandInput,
  DescribeCapacityReservationCommandOutput,
  ModifyCapacityReservationCommandInput,
  ModifyCapacityReservationCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Operation } from '../operation.ts'
import { findLoadBalancer } from './find.ts'
import type { LoadBalancer } from './state.ts'

/** Kept as data and provisioned at once: no traffic here needs capacity. Terraform asks for it with every load balancer. */
export const describeCapacityReservation: Operation<
  DescribeCapacityReservationCommandInput,
  DescribeCapacityReservationCommandOutput
> = (world, input) => describe(findLoadBalancer(world, input.LoadBalancerArn))

export const modifyCapacityReservation: Operation<
  ModifyCapacityReservationCommandInput,
  ModifyCapacityReservationCommandOutput
> = (world, input) => {
  const loadBalancer = findLoadBalancer(world, input.LoadBalancerArn)
  loadBalancer.capacityUnits = input.ResetCapacityReservation
    ? undefined
    : input.MinimumLoadBalancerCapacity?.CapacityUnits
  return describe(loadBalancer)
}

function describe({ capacityUnits, zones }: LoadBalancer): Omit<DescribeCapacityReservationCommandOutput, '$metadata'> {
  if (capacityUnits === undefined) return { DecreaseRequestsRemaining: 2, CapacityReservationState: [] }
  return {
    DecreaseRequestsRemaining: 2,
    MinimumLoadBalancerCapacity: { CapacityUnits: capacityUnits },
    CapacityReservationState: zones.map(({ ZoneName }) => ({
      AvailabilityZone: ZoneName,
      State: { Code: 'provisioned' },
      EffectiveCapacityUnits: capacityUnits / zones.length,
    })),
  }
}
