import type { Entry } from '../entry.ts'
import type { Kind, PlanBase } from '../kind.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayFound } from './found.ts'

type Mechanics =
  | 'plan'
  | 'parts'
  | 'complete'
  | 'propagation'
  | 'switchResources'
  | 'observe'
  | 'flip'
  | 'creates'
  | 'removeOrphan'
  | 'lingers'
  | 'testRoute'

/** How traffic is read, moved and reached: everything that depends on what is switched. */
export type GatewaySwitch<Plan extends PlanBase> = Pick<Kind<GatewayConfig & Entry, GatewayFound, Plan>, Mechanics> &
  Required<Pick<Kind<GatewayConfig & Entry, GatewayFound, Plan>, 'completion'>>
