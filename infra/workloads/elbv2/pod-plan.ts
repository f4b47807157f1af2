import type { Stage } from '../kind.ts'
import { bindingPlan, type BindingPlan } from './binding.ts'
import type { PodSite } from './found-pods.ts'
import type { IngressPlan } from './ingress.ts'
import { switchPlan, type SwitchPlan } from './plan.ts'
import { podIngressPlans } from './pod-ingress.ts'

/** Everything that a program will make of one workload with bound pods at one stage. */
export interface PodPlan extends SwitchPlan {
  readonly binding: BindingPlan | null
  readonly podIngress: readonly IngressPlan[]
}

export function podPlan(site: PodSite, stage: Stage, kind: string): PodPlan {
  const { found } = site
  const present = stage.green === 'present'
  return {
    ...switchPlan(site, stage, kind, {
      targetType: 'ip',
      port: found.blueTargetGroup.port,
      healthCheckPort: found.blueTargetGroup.healthCheck.port,
    }),
    binding: present ? bindingPlan(site) : null,
    podIngress: present ? podIngressPlans(site) : [],
  }
}
