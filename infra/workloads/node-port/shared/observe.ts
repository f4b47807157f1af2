import type { Aws } from '../../../aws/clients.ts'
import type { Split } from '../../../traffic.ts'
import { describeSwitchPoint, tagsOf, type Described } from '../../elbv2/describe.ts'
import { countTargets, targetsOf } from '../../elbv2/observe.ts'
import type { Health, Json, SideHealth, SwitchPoint, WorkloadOutputs } from '../../kind.ts'
import type { NodePortSite } from '../found.ts'
import { isIn, readSharing, splitOf, type SideNow } from './sharing.ts'

export const observeSharedSplit = async (site: NodePortSite, _outputs: unknown, aws: Aws): Promise<Split | null> =>
  splitOf(await readSharing(site, aws))

/**
 * Blue's nodes in the shared group, or, while they are out of it, what Auto Scaling says of them: nothing else looks at them then.
 * Green's in the shared group once they are in it, before that in the group of their own on which they are tested.
 */
export async function observeSharedHealth(
  site: NodePortSite,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Health> {
  const shared = site.found.blueTargetGroup.arn
  const tested = outputs?.targetGroups.green ?? null
  const [{ blue, green }, ofTests] = await Promise.all([
    readSharing(site, aws),
    tested === null || tested === shared ? [] : targetsOf(tested, aws),
  ])
  const count = (side: SideNow, targets = side.targets): SideHealth => {
    const zones = new Map(side.nodes.map(({ id, zone }) => [id, zone]))
    return countTargets(targets, ({ Target }) => zones.get(Target?.Id ?? ''))
  }
  return {
    blue: isIn(blue) ? count(blue) : outOfTheGroup(blue),
    green: isIn(green) ? count(green) : tested === null ? null : count(green, ofTests),
  }
}

function outOfTheGroup({ nodes }: SideNow): SideHealth {
  const serving = nodes.filter(({ serves }) => serves)
  const zones: Record<string, number> = {}
  for (const { zone } of serving) zones[zone] = (zones[zone] ?? 0) + 1
  const healthy = serving.length
  return { healthy, unhealthy: nodes.length - healthy, initial: 0, draining: 0, unused: 0, zones }
}

/** The traffic of a shared group is who is attached to it; rule, listener and actions are never ours to change. */
export async function observeSharedSwitchPoint(site: NodePortSite, aws: Aws): Promise<SwitchPoint> {
  const { switchPoint } = site.found
  const { arn, type } = switchPoint
  const [described, tags, { blue, green }] = await Promise.all([
    describeSwitchPoint(switchPoint, aws),
    tagsOf([arn], aws),
    readSharing(site, aws),
  ])
  if (!described) throw new Error(`${type} ${arn} no longer exists`)
  return sharedSwitchPoint(described, tags.get(arn) ?? {}, { ...blue.attachments, ...green.attachments })
}

export const sharedSwitchPoint = (
  { actions, rest }: Described,
  tags: Readonly<Record<string, string>>,
  attachments: SideNow['attachments'],
): SwitchPoint => ({
  traffic: Object.fromEntries(Object.entries(attachments).map(([name, state]) => [name, state === 'attached'])),
  rest: { described: rest, actions: JSON.parse(JSON.stringify(actions)) as Json, tags },
})
