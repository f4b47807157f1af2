import { logical } from '../../names.ts'
import { ingressPlan, type IngressPlan } from '../elbv2/ingress.ts'
import { switchPlan, type SwitchPlan } from '../elbv2/plan.ts'
import type { Stage } from '../kind.ts'
import type { AttachmentPlan } from './attachment.ts'
import { strategyOf } from './config.ts'
import type { NodePortSite } from './found.ts'
import { nodesOf } from './nodes.ts'
import { joined, sharedPlan } from './shared/plan.ts'

/** Everything that the program will make of one workload at one stage. */
export interface NodePortPlan extends SwitchPlan {
  readonly attachments: readonly AttachmentPlan[]
  /** `shared`: green's groups in blue's target group. */
  readonly joined: readonly AttachmentPlan[]
  readonly nodeIngress: readonly IngressPlan[]
}

export function plan(site: NodePortSite, stage: Stage): NodePortPlan {
  const { nodePort, healthCheckPort } = site.found.green
  const present = stage.green === 'present'
  const weighted = switchPlan(site, stage, 'node-port', { targetType: 'instance', port: nodePort, healthCheckPort })
  const shared = strategyOf(site.config) === 'shared'
  const planned = shared ? sharedPlan(site, stage, weighted) : weighted
  return {
    ...planned,
    attachments: planned.targetGroup ? attachmentPlans(site) : [],
    joined: shared ? joined(site, stage) : [],
    nodeIngress: present ? ingressPlans(site) : [],
  }
}

export const attachmentPlans = ({ config, green }: NodePortSite): AttachmentPlan[] =>
  nodesOf(config, green.nodes).autoScalingGroups.map((autoScalingGroup) => ({
    name: `${logical.nodes}-${autoScalingGroup}`,
    autoScalingGroup,
  }))

export function ingressPlans(site: NodePortSite): IngressPlan[] {
  const { securityGroup } = nodesOf(site.config, site.green.nodes)
  if (!securityGroup) return []
  return site.found.nodeIngress.map(({ port, from }) =>
    ingressPlan(
      site,
      `${logical.nodeIngress}-${nameable(from)}-${port}`,
      { securityGroup, from, port },
      'nodes of green',
    ),
  )
}

/** Two colons in a row part the names of a URN, and an address range may have them. */
const nameable = (from: string): string => from.replaceAll(':', '-')
