import { Type } from 'typebox'
import { logical } from '../../names.ts'
import type { FoundBase, Site } from '../kind.ts'
import { ingressPlan, type IngressPlan } from './ingress.ts'

export const podIngressProperty = Type.Optional(
  Type.Object(
    {
      securityGroup: Type.String({ pattern: '^sg-[0-9a-f]+$' }),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    },
    {
      additionalProperties: false,
      description: "The security group of green's pods and the port they listen on; opened for the load balancer.",
    },
  ),
)

/** What guards green's pods. */
export interface PodIngress {
  readonly securityGroup: string
  readonly port: number
}

interface Guarded {
  readonly podIngress?: PodIngress
}

interface FoundClosed extends FoundBase {
  /** Security groups of the load balancer that green's pods do not admit yet. */
  readonly podIngress: readonly string[]
}

export function podIngressPlans(site: Site<Guarded, FoundClosed>): IngressPlan[] {
  const { podIngress } = site.config
  if (!podIngress) return []
  return site.found.podIngress.map((from) =>
    ingressPlan(site, `${logical.podIngress}-${from}`, { ...podIngress, from }, 'pods of green'),
  )
}
