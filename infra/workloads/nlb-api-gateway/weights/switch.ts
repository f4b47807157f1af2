import { creates, removeOrphan } from '../../elbv2/pod-orphans.ts'
import type { PodPlan } from '../../elbv2/pod-plan.ts'
import { weightedSwitch } from '../../elbv2/switch.ts'
import type { Lingering, Stage } from '../../kind.ts'
import type { Split } from '../../../traffic.ts'
import type { GatewaySwitch } from '../gateway-switch.ts'
import type { GatewaySite } from '../found.ts'
import { isClosing, partsOf, untilEmpty } from './closing.ts'
import { weighedPlan } from './plan.ts'
import { testRouteOf } from './test-route.ts'

/** By weights at the listener, for new connections; nothing of the API is touched. */
export const weighedSwitch: GatewaySwitch<PodPlan> = {
  ...weightedSwitch,
  plan: weighedPlan,
  parts: partsOf,
  complete: async (_site, stage, outputs, aws) => {
    if (isClosing(stage)) await untilEmpty(outputs, aws)
  },
  completion,
  creates,
  removeOrphan,
  lingers,
  testRoute: testRouteOf,
}

const kept = 'connections that API Gateway keeps stay on their side until it closes them'

/** What a preview cannot show. Pure. */
function completion(_site: GatewaySite, stage: Stage): readonly string[] {
  if (isClosing(stage)) {
    return [
      "wait until green's targets have left and their connections are closed, requests under way on them included; they come back after it, which takes 180 to 300 s",
    ]
  }
  const moves = stage.name === 'shifting' || stage.name === 'soaking'
  return moves ? [`the weights are for new connections; ${kept}`] : []
}

function lingers({ found, config }: GatewaySite, split: Split): Lingering {
  const seconds = found.loadBalancer.idleTimeoutSeconds
  const closed = config.closeOnRollback && split.green === 0 ? '; those to green are closed in the run after home' : ''
  return { seconds, sentence: `${kept}, or they are silent for ${seconds} s; new ones follow the switch${closed}` }
}
