import {
  bindingOwnedByController,
  boundByBoth,
  notBoundInBlue,
  notPodAddresses,
  type BoundPods,
} from '../elbv2/pod-refusals.ts'
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

/** What was read of AWS and of both clusters before anything is decided. */
export type Surveyed = BoundPods

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
  notPodAddresses,
  sticky,
  notBoundInBlue,
  bindingOwnedByController,
  boundByBoth,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotMove = (surveyed: Surveyed): void => refuseByFirst(checks, surveyed)
