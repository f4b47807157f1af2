import { detach } from '../../aws/attachments.ts'
import { describeGroups } from '../../aws/auto-scaling.ts'
import type { Aws } from '../../aws/clients.ts'
import { revokeIngress } from '../../aws/security-groups.ts'
import { logical } from '../../names.ts'
import { ours, removeTargetGroup, removeTestRoute, testRouteType } from '../elbv2/orphans.ts'
import type { ResourceName } from '../kind.ts'
import type { NodePortSite } from './found.ts'
import { strategyOf } from './config.ts'
import { attachmentPlans, ingressPlans } from './plan.ts'
import { joinPlans } from './shared/plan.ts'

/** First what refers to the target group, then the group. */
export const creates = (site: NodePortSite): readonly ResourceName[] => [
  { type: testRouteType(site), name: logical.testRoute },
  ...attachments(site),
  ...ingressPlans(site).map(({ name }) => ({
    type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
    name,
  })),
  { type: 'aws:lb/targetGroup:TargetGroup', name: logical.targetGroup },
]

/** Of green's nodes: to the group that they are tested on, and to the shared one. */
export const attachments = (site: NodePortSite): readonly ResourceName[] =>
  [...attachmentPlans(site), ...joinPlansOf(site)].map(({ name }) => ({
    type: 'aws:autoscaling/attachment:Attachment',
    name,
  }))

const joinPlansOf = (site: NodePortSite) => (strategyOf(site.config) === 'shared' ? joinPlans(site) : [])

/**
 * Rules, listeners and target groups are known by our tags, an attachment by those of its target group, an ingress rule by its description.
 * What of green's is attached to the shared group is no orphan: the next `up` attaches it, or what completes it detaches it.
 */
export async function removeOrphan(site: NodePortSite, { name }: ResourceName, aws: Aws): Promise<string | null> {
  if (name === logical.testRoute) return removeTestRoute(site, aws)
  if (name === logical.targetGroup) return removeTargetGroup(site, aws)
  const attachment = attachmentPlans(site).find((one) => one.name === name)
  if (attachment) return detachFromOurs(site, attachment.autoScalingGroup, aws)
  const ingress = ingressPlans(site).find((one) => one.name === name)
  return ingress ? revokeIngress(ingress, aws) : null
}

async function detachFromOurs(site: NodePortSite, autoScalingGroup: string, aws: Aws): Promise<string | null> {
  const [group] = await describeGroups([autoScalingGroup], aws)
  const others = (group?.targetGroups ?? []).filter((arn) => arn !== site.found.blueTargetGroup.arn)
  const targetGroupArn = await ours(site, others, aws)
  if (targetGroupArn === null) return null
  await detach({ autoScalingGroup, targetGroupArn, as: 'target-group' }, aws)
  return `${autoScalingGroup} in ${targetGroupArn}`
}
