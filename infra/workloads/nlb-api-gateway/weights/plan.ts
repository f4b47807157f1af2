import { podPlan, type PodPlan } from '../../elbv2/pod-plan.ts'
import type { Stage } from '../../kind.ts'
import type { GatewaySite } from '../found.ts'
import { closing, isClosing } from './closing.ts'

/** Everything that the program will make of one workload whose listener weighs, at one stage. Pure. */
export function weighedPlan(site: GatewaySite, stage: Stage): PodPlan {
  const plan = podPlan(site, stage, 'nlb-api-gateway')
  return isClosing(stage) ? closing(plan) : plan
}
