import {
  bindingOwnedByController,
  boundByBoth,
  notBoundInBlue,
  notPodAddresses,
  type BoundPods,
} from '../../elbv2/pod-refusals.ts'
import {
  alreadySplit,
  dividedByRules,
  forwardsElsewhere,
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
} from '../../elbv2/refusals.ts'

type Check = (surveyed: BoundPods) => Refusal

/** Why a listener is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  ownedByController,
  ownedByCloudFormation,
  notConnections,
  dividedByRules,
  notAForward,
  alreadySplit,
  servesNobody,
  cannotWeigh,
  targetGroupElsewhere,
  forwardsElsewhere,
  notPodAddresses,
  sticky,
  notBoundInBlue,
  bindingOwnedByController,
  boundByBoth,
  testPortTaken,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotWeigh = (surveyed: BoundPods): void => refuseByFirst(checks, surveyed)

function cannotWeigh(surveyed: BoundPods): Refusal {
  return withoutWeights(
    surveyed,
    'Say switch: integration-port, stage-variable or integration-uri, which switch the API.',
  )
}
