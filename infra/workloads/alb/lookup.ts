import { DescribeTargetGroupsCommand, type TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { ingressRuleFrom } from '../../aws/security-groups.ts'
import { bindingName, logical, tagsFor, targetGroupNamePrefix } from '../../names.ts'
import type { ResourceName, Surroundings } from '../kind.ts'
import type { AlbSite } from './found.ts'
import { rulesOf, tagsOf } from './describe.ts'

/** What a run that died may have made: each is looked for where it would be, and recognised by our tags or our name. */
export async function lookup(
  site: AlbSite,
  { name }: ResourceName,
  world: Pick<Surroundings, 'aws' | 'green'>,
): Promise<string | null> {
  const { config, found } = site
  if (name === logical.targetGroup) return ours(site, await prefixedGroups(world.aws), world.aws)
  if (name === logical.testRoute) {
    const rules = await rulesOf(found.listener.arn, world.aws)
    const arns = rules.filter(({ IsDefault }) => !IsDefault).map(({ RuleArn }) => RuleArn ?? '')
    return ours(site, arns, world.aws)
  }
  if (name === logical.binding) return bindingId(site, world.green)
  const from = found.podIngress.find((source) => name === `${logical.podIngress}-${source}`)
  if (from === undefined || !config.podIngress) return null
  return ingressRuleFrom(config.podIngress.securityGroup, config.podIngress.port, from, world.aws)
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

async function prefixedGroups(aws: Aws): Promise<string[]> {
  const groups: TargetGroup[] = []
  let marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeTargetGroupsCommand({ Marker: marker }))
    groups.push(...(page.TargetGroups ?? []))
    marker = page.NextMarker
  } while (marker)
  return groups
    .filter(({ TargetGroupName }) => TargetGroupName?.startsWith(targetGroupNamePrefix))
    .map(({ TargetGroupArn }) => TargetGroupArn ?? '')
}

async function bindingId(site: AlbSite, green: Surroundings['green']): Promise<string | null> {
  const { namespace } = site.config.service
  const name = bindingName(site.migration, site.workload)
  const bindings = await green.bindings()
  return bindings.some((b) => b.namespace === namespace && b.name === name) ? `${namespace}/${name}` : null
}
