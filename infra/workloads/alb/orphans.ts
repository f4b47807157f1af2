import {
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { revokeIngress } from '../../aws/security-groups.ts'
import { removeBinding } from '../../kubernetes/bindings.ts'
import { createClusterReads } from '../../kubernetes/reads.ts'
import { bindingName, logical, tagsFor, targetGroupNamePrefix } from '../../names.ts'
import type { ResourceName } from '../kind.ts'
import { describeSwitchPoint, rulesOf, tagsOf } from './describe.ts'
import { weightsOf } from './observe.ts'
import type { AlbSite } from './found.ts'
import { ingressPlans } from './plan.ts'

/** First what refers to the target group, then the group. */
export const creates = (site: AlbSite): readonly ResourceName[] => [
  { type: 'aws:lb/listenerRule:ListenerRule', name: logical.testRoute },
  { type: 'kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding', name: logical.binding },
  ...ingressPlans(site).map(({ name }) => ({
    type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
    name,
  })),
  { type: 'aws:lb/targetGroup:TargetGroup', name: logical.targetGroup },
]

/** Rules and target groups are known by our tags, the binding by its name, a security-group rule by its description. */
export async function removeOrphan(site: AlbSite, { name }: ResourceName, aws: Aws): Promise<string | null> {
  switch (name) {
    case logical.testRoute:
      return removeRule(site, aws)
    case logical.targetGroup:
      return removeTargetGroup(site, aws)
    case logical.binding:
      return removeGreenBinding(site, aws)
    default: {
      const ingress = ingressPlans(site).find((one) => one.name === name)
      return ingress ? revokeIngress(ingress, aws) : null
    }
  }
}

async function removeRule(site: AlbSite, aws: Aws): Promise<string | null> {
  const { listener, switchPoint } = site.found
  const rules = (await rulesOf(listener.arn, aws)).filter(({ IsDefault }) => !IsDefault)
  const arns = rules.map(({ RuleArn }) => RuleArn ?? '').filter((arn) => arn !== switchPoint.arn)
  const RuleArn = await ours(site, arns, aws)
  if (RuleArn !== null) await aws.elbv2.send(new DeleteRuleCommand({ RuleArn }))
  return RuleArn
}

/** A workload that has moved before may have as its blue what was its green: it carries our tags and is none of ours. */
async function removeTargetGroup(site: AlbSite, aws: Aws): Promise<string | null> {
  const arns = (await prefixedGroups(aws)).filter((arn) => arn !== site.found.blueTargetGroup.arn)
  const TargetGroupArn = await ours(site, arns, aws)
  if (TargetGroupArn !== null) await aws.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }))
  return TargetGroupArn
}

/** Throws when the binding's target group has traffic: then it is no orphan, whatever our records say. */
async function removeGreenBinding(site: AlbSite, aws: Aws): Promise<string | null> {
  const { namespace } = site.config.service
  const name = bindingName(site.migration, site.workload)
  const bindings = await createClusterReads(site.green.kubeconfig).bindings()
  const binding = bindings.find((one) => one.namespace === namespace && one.name === name)
  if (!binding) return null
  const described = await describeSwitchPoint(site.found.switchPoint, aws)
  if ((weightsOf(described?.actions ?? [])?.get(binding.targetGroupArn) ?? 0) > 0) {
    throw new Error(
      `${namespace}/${name} in green is not in our record, and has traffic; look at it, nothing was deleted`,
    )
  }
  await removeBinding(site.green.kubeconfig, namespace, name)
  return `${namespace}/${name}`
}

/** DescribeTags takes 20 objects at a time. */
const tagsPerCall = 20

async function ours(site: AlbSite, arns: readonly string[], aws: Aws): Promise<string | null> {
  const wanted = Object.entries(tagsFor(site.migration, site.workload, 'green'))
  for (let at = 0; at < arns.length; at += tagsPerCall) {
    const tags = await tagsOf(arns.slice(at, at + tagsPerCall), aws)
    for (const [arn, ofArn] of tags) if (wanted.every(([key, value]) => ofArn[key] === value)) return arn
  }
  return null
}

/** No target group that a load balancer uses: what no record knows has no traffic, and what has traffic is somebody's. */
async function prefixedGroups(aws: Aws): Promise<string[]> {
  const arns: string[] = []
  let marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeTargetGroupsCommand({ Marker: marker }))
    for (const { TargetGroupName, TargetGroupArn, LoadBalancerArns } of page.TargetGroups ?? []) {
      const unused = (LoadBalancerArns ?? []).length === 0
      if (unused && TargetGroupArn && TargetGroupName?.startsWith(targetGroupNamePrefix)) arns.push(TargetGroupArn)
    }
    marker = page.NextMarker
  } while (marker)
  return arns
}
