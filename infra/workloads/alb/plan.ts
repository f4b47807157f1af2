import { bindingPlan, type BindingPlan } from '../elbv2/binding.ts'
import type { IngressPlan } from '../elbv2/ingress.ts'
import { switchPlan, type SwitchPlan } from '../elbv2/plan.ts'
import { podIngressPlans } from '../elbv2/pod-ingress.ts'
import type { Stage } from '../kind.ts'
import type { AlbSite } from './found.ts'

/** Everything that the program will make of one workload at one stage. */
export interface AlbPlan extends SwitchPlan {
  readonly binding: BindingPlan | null
  readonly podIngress: readonly IngressPlan[]
}

export function plan(site: AlbSite, stage: Stage): AlbPlan {
  const { found } = site
  const present = stage.green === 'present'
  return {
    ...switchPlan(site, stage, 'alb', {
      targetType: 'ip',
      port: found.blueTargetGroup.port,
      healthCheckPort: found.blueTargetGroup.healthCheck.port,
    }),
    binding: present ? bindingPlan(site) : null,
    podIngress: present ? podIngressPlans(site) : [],
  }
}
