import { bindingName, logical } from '../../names.ts'
import { ingressPlan, type IngressPlan } from '../elbv2/ingress.ts'
import { switchPlan, type SwitchPlan } from '../elbv2/plan.ts'
import type { Stage } from '../kind.ts'
import type { AlbConfig } from './config.ts'
import type { AlbSite } from './found.ts'

/** Everything that the program will make of one workload at one stage. */
export interface AlbPlan extends SwitchPlan {
  readonly binding: BindingPlan | null
  readonly podIngress: readonly IngressPlan[]
}

export interface BindingPlan {
  readonly namespace: string
  readonly name: string
  readonly service: AlbConfig['service']
}

export function plan(site: AlbSite, stage: Stage): AlbPlan {
  const { migration, workload, config, found } = site
  const present = stage.green === 'present'
  return {
    ...switchPlan(site, stage, 'alb', {
      targetType: 'ip',
      port: found.blueTargetGroup.port,
      healthCheckPort: found.blueTargetGroup.healthCheck.port,
    }),
    binding: present
      ? { namespace: config.service.namespace, name: bindingName(migration, workload), service: config.service }
      : null,
    podIngress: present ? ingressPlans(site) : [],
  }
}

export function ingressPlans(site: AlbSite): IngressPlan[] {
  const { podIngress } = site.config
  if (!podIngress) return []
  return site.found.podIngress.map((from) =>
    ingressPlan(site, `${logical.podIngress}-${from}`, { ...podIngress, from }, 'pods of green'),
  )
}
