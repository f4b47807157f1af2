import { logical } from '../../names.ts'
import { ingressPlan, type IngressPlan } from '../elbv2/ingress.ts'
import { switchPlan, type SwitchPlan } from '../elbv2/plan.ts'
import type { Stage } from '../kind.ts'
import type { NodePortSite } from './found.ts'
import { nodesOf } from './nodes.ts'

/** Everything that the program will make of one workload at one stage. */
export interface NodePortPlan extends SwitchPlan {
  readonly attachments: readonly AttachmentPlan[]
  readonly nodeIngress: readonly IngressPlan[]
}

/** One auto-scaling group whose instances are targets of green's group. */
export interface AttachmentPlan {
  readonly name: string
  readonly autoScalingGroup: string
}

export function plan(site: NodePortSite, stage: Stage): NodePortPlan {
  const { nodePort, healthCheckPort } = site.found.green
  const present = stage.green === 'present'
  return {
    ...switchPlan(site, stage, 'node-port', { targetType: 'instance', port: nodePort, healthCheckPort }),
    attachments: present ? attachmentPlans(site) : [],
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
    ingressPlan(site, `${logical.nodeIngress}-${from}-${port}`, { securityGroup, from, port }, 'nodes of green'),
  )
}
