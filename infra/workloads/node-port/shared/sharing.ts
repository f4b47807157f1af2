import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { stateOf, type Attachment, type AttachmentState } from '../../../aws/attachments.ts'
import { describeGroups, type GroupOfNodes, type NodeInstance } from '../../../aws/auto-scaling.ts'
import type { Aws } from '../../../aws/clients.ts'
import type { Colour, Split } from '../../../traffic.ts'
import { splitFor } from '../../../traffic.ts'
import { targetsOf } from '../../elbv2/observe.ts'
import type { NodePortSite } from '../found.ts'
import { nodesOf } from '../nodes.ts'

/** The nodes of one cluster, as far as the shared target group goes. */
export interface SideNow {
  /** By auto-scaling group. Attached means live: its nodes are targets, or about to be. */
  readonly attachments: Readonly<Record<string, AttachmentState>>
  /** What is registered; what only drains is not. */
  readonly targets: readonly TargetHealthDescription[]
  readonly nodes: readonly NodeInstance[]
}

export interface SharingNow extends Readonly<Record<Colour, SideNow>> {
  /** Targets of neither cluster's groups. */
  readonly strangers: readonly TargetHealthDescription[]
}

/** Every auto-scaling group of one cluster and the target group that both share. Green's are attached by us, blue's as they were found. */
export function attachmentsOf({ config, found, green: cluster }: NodePortSite, colour: Colour): readonly Attachment[] {
  const targetGroupArn = found.blueTargetGroup.arn
  const green = nodesOf(config, cluster.nodes).autoScalingGroups.map((autoScalingGroup) => ({
    autoScalingGroup,
    as: 'target-group' as const,
  }))
  const groups = colour === 'green' ? green : (found.blueNodes ?? [])
  return groups.map((group) => ({ ...group, targetGroupArn }))
}

/** Questions that are asked while one is under way get its answer: split and health are read at the same time. */
const underWay = new WeakMap<Aws, Map<string, Promise<SharingNow>>>()

/** Who is in the shared target group: reads of target health and of Auto Scaling, and one more for each auto-scaling group. */
export function readSharing(site: NodePortSite, aws: Aws): Promise<SharingNow> {
  const arn = site.found.blueTargetGroup.arn
  const asked = underWay.get(aws) ?? new Map<string, Promise<SharingNow>>()
  underWay.set(aws, asked)
  const reading = asked.get(arn) ?? readSharingAfresh(site, aws).finally(() => asked.delete(arn))
  asked.set(arn, reading)
  return reading
}

/** For whoever has just written. Everything is asked at once, because a way home waits for it. */
export async function readSharingAfresh(site: NodePortSite, aws: Aws): Promise<SharingNow> {
  const of = { blue: attachmentsOf(site, 'blue'), green: attachmentsOf(site, 'green') }
  const names = [...of.blue, ...of.green].map(({ autoScalingGroup }) => autoScalingGroup)
  const [targets, groups, blue, green] = await Promise.all([
    targetsOf(site.found.blueTargetGroup.arn, aws),
    describeGroups(names, aws),
    Promise.allSettled(of.blue.map((one) => stateOf(one, aws))),
    Promise.allSettled(of.green.map((one) => stateOf(one, aws))),
  ])
  return divide(targets, { blue: nodesIn(of.blue, groups, blue), green: nodesIn(of.green, groups, green) })
}

type Nodes = Pick<SideNow, 'attachments' | 'nodes'>

/** Only of a group that lists the target group does the state count; one that is gone has none. */
function nodesIn(
  attachments: readonly Attachment[],
  groups: readonly GroupOfNodes[],
  states: readonly PromiseSettledResult<AttachmentState>[],
): Nodes {
  const sides = attachments.map((one) => ({ one, group: groups.find(({ name }) => name === one.autoScalingGroup) }))
  const stateIn = ({ one, group }: (typeof sides)[number], at: number): AttachmentState => {
    const state = states[at]
    if (!state || !group?.targetGroups.includes(one.targetGroupArn)) return 'detached'
    if (state.status === 'rejected') throw state.reason
    return state.value
  }
  return {
    attachments: Object.fromEntries(sides.map((side, at) => [side.one.autoScalingGroup, stateIn(side, at)])),
    nodes: sides.flatMap(({ group }) => group?.instances ?? []),
  }
}

/** Pure. */
export function divide(
  targets: readonly TargetHealthDescription[],
  sides: Readonly<Record<Colour, Nodes>>,
): SharingNow {
  const registered = targets.filter(({ TargetHealth }) => TargetHealth?.State !== 'draining')
  const isOf =
    ({ nodes }: Nodes) =>
    ({ Target }: TargetHealthDescription) =>
      nodes.some(({ id }) => id === Target?.Id)
  const of = (side: Nodes): SideNow => ({ ...side, targets: registered.filter(isOf(side)) })
  const isStranger = (one: TargetHealthDescription) => !isOf(sides.blue)(one) && !isOf(sides.green)(one)
  return { blue: of(sides.blue), green: of(sides.green), strangers: registered.filter(isStranger) }
}

/** In the group, or on the way into it; what Auto Scaling is taking out is out. */
export function isIn({ attachments, targets }: SideNow): boolean {
  const states = Object.values(attachments)
  return states.includes('attached') || (targets.length > 0 && !states.includes('leaving'))
}

/**
 * The split in effect: whole where one side is out of the group, else the ratio of healthy targets, in which a side that is in has
 * at least 1 %. null: neither is in, or somebody else's targets are. Pure.
 */
export function splitOf({ blue, green, strangers }: SharingNow): Split | null {
  if (strangers.some(({ TargetHealth }) => TargetHealth?.State !== 'unused')) return null
  if (!isIn(green)) return isIn(blue) ? splitFor(0) : null
  if (!isIn(blue)) return splitFor(100)
  const [ofBlue, ofGreen] = [healthyIn(blue), healthyIn(green)]
  const share = ofBlue + ofGreen === 0 ? 50 : Math.round((100 * ofGreen) / (ofBlue + ofGreen))
  return splitFor(Math.min(99, Math.max(1, share)))
}

export const healthyIn = ({ targets }: SideNow): number =>
  targets.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length

/** Could this side take everything? It is attached, each of its nodes that serves has been checked, and some are healthy. Pure. */
export function isReady(side: SideNow): boolean {
  if (!Object.values(side.attachments).every((state) => state === 'attached')) return false
  const checked = new Set(
    side.targets.filter(({ TargetHealth }) => TargetHealth?.State !== 'initial').map(({ Target }) => Target?.Id),
  )
  return healthyIn(side) > 0 && side.nodes.filter(({ serves }) => serves).every(({ id }) => checked.has(id))
}
