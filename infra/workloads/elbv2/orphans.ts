import {
  DeleteListenerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { tagsFor, targetGroupNamePrefix } from '../../names.ts'
import { isNotFound, rulesOf, tagsOf } from './describe.ts'
import type { SwitchSite } from './found.ts'
import { listenersOf } from './network-survey.ts'

/** What the test route of a workload is made of. */
export const testRouteType = ({ found }: SwitchSite) =>
  found.loadBalancer.type === 'network' ? 'aws:lb/listener:Listener' : 'aws:lb/listenerRule:ListenerRule'

/** A test route that no record knows, by our tags. Its ARN; null: there is none. */
export const removeTestRoute = (site: SwitchSite, aws: Aws): Promise<string | null> =>
  site.found.loadBalancer.type === 'network' ? removeTestListener(site, aws) : removeTestRule(site, aws)

async function removeTestListener(site: SwitchSite, aws: Aws): Promise<string | null> {
  const { loadBalancer, listener } = site.found
  const others = (await listenersOf(loadBalancer.arn, aws)).map(({ ListenerArn }) => ListenerArn ?? '')
  const ListenerArn = await ours(
    site,
    others.filter((arn) => arn !== listener.arn),
    aws,
  )
  if (ListenerArn !== null) await aws.elbv2.send(new DeleteListenerCommand({ ListenerArn }))
  return ListenerArn
}

async function removeTestRule(site: SwitchSite, aws: Aws): Promise<string | null> {
  const { listener, switchPoint } = site.found
  const rules = (await rulesOf(listener.arn, aws)).filter(({ IsDefault }) => !IsDefault)
  const arns = rules.map(({ RuleArn }) => RuleArn ?? '').filter((arn) => arn !== switchPoint.arn)
  const RuleArn = await ours(site, arns, aws)
  if (RuleArn !== null) await aws.elbv2.send(new DeleteRuleCommand({ RuleArn }))
  return RuleArn
}

/** A target group of ours that no record knows. Its ARN; null: there is none. */
export async function removeTargetGroup(site: SwitchSite, aws: Aws): Promise<string | null> {
  // a workload that has moved before may have as its blue what was its green: it carries our tags and is none of ours
  const arns = (await prefixedGroups(aws)).filter((arn) => arn !== site.found.blueTargetGroup.arn)
  const TargetGroupArn = await ours(site, arns, aws)
  if (TargetGroupArn !== null) await aws.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn }))
  return TargetGroupArn
}

/** DescribeTags takes 20 objects at a time. */
const tagsPerCall = 20

/** The first of these that carries our tags. */
export async function ours(site: SwitchSite, arns: readonly string[], aws: Aws): Promise<string | null> {
  const wanted = Object.entries(tagsFor(site.migration, site.workload, 'green'))
  for (let at = 0; at < arns.length; at += tagsPerCall) {
    const tags = await tagsOfThoseLeft(arns.slice(at, at + tagsPerCall), aws)
    for (const [arn, ofArn] of tags) if (wanted.every(([key, value]) => ofArn[key] === value)) return arn
  }
  return null
}

/** They are anybody's, and go when it suits them: one that is gone by now fails the whole call, so then each is asked for alone. */
async function tagsOfThoseLeft(arns: readonly string[], aws: Aws): ReturnType<typeof tagsOf> {
  try {
    return await tagsOf(arns, aws)
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (arns.length === 1) return new Map()
    const each = await Promise.all(arns.map((arn) => tagsOfThoseLeft([arn], aws)))
    return new Map(each.flatMap((tags) => [...tags]))
  }
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
