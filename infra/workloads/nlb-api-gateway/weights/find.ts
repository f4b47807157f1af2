import { foundPods } from '../../elbv2/found-pods.ts'
import { survey } from '../../elbv2/survey.ts'
import type { Entry } from '../../entry.ts'
import type { Surroundings } from '../../kind.ts'
import type { GatewayConfig } from '../config.ts'
import type { GatewayFound } from '../found.ts'
import { refuseWhatCannotWeigh } from './refusals.ts'

/** The listener that API Gateway reaches through its VPC link. Nothing of the API is read: nothing of it is changed. */
export async function findWeighed(config: GatewayConfig & Entry, surroundings: Surroundings): Promise<GatewayFound> {
  const { listener, blueTargetGroup, testPort, managedElsewhere } = config
  const [surveyed, blue, green] = await Promise.all([
    survey({ listener, blueTargetGroup, testPort, managedElsewhere }, surroundings.aws),
    surroundings.blue.bindings(),
    surroundings.green.bindings(),
  ])
  const bound = { ...surveyed, bindings: { blue, green } }
  refuseWhatCannotWeigh(bound)
  return { ...(await foundPods(config, bound, surroundings)), api: null }
}
