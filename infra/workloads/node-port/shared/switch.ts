import { setTimeout as sleep } from 'node:timers/promises'
import type { Aws } from '../../../aws/clients.ts'
import { describeSplit, home, inEffect, sameSplit, type Split } from '../../../traffic.ts'
import type { Lingering, Stage, WorkloadOutputs } from '../../kind.ts'
import { observeTestRoute } from '../../elbv2/observe.ts'
import { weightedSwitch } from '../../elbv2/switch.ts'
import type { NodePortSite } from '../found.ts'
import { observeSharedHealth, observeSharedSplit, observeSharedSwitchPoint } from './observe.ts'
import { place } from './placement.ts'
import { attachmentsOf, readSharing, splitOf } from './sharing.ts'

/**
 * Minutes that a network load balancer takes to ask new targets, and to ask no longer those that have left (AWS Support, in
 * kubernetes-sigs/aws-load-balancer-controller#1834).
 */
const slowest = { from: 180, to: 300 } as const

/** How traffic is moved where nothing weighs: by whose nodes are in the one target group. */
export const sharedSwitch = {
  parts: weightedSwitch.parts,
  switchResources: weightedSwitch.switchResources,
  testRoute: weightedSwitch.testRoute,
  complete,
  completion,
  propagation,
  lingers,
  flip: (site: NodePortSite, _outputs: WorkloadOutputs | null, split: Split, aws: Aws) => place(site, split, aws),
  observe: {
    split: observeSharedSplit,
    health: observeSharedHealth,
    switchPoint: observeSharedSwitchPoint,
    testRoute: observeTestRoute,
    blueTraffic: () =>
      Promise.resolve({ none: 'the nodes of both clusters are in one target group, which counts them together' }),
  },
}

/** Milliseconds on the wall: Auto Scaling registers and deregisters a moment after it is told. */
const settling = { atMost: 120_000, pause: 500 } as const

/** Attached or detached by calls: what Pulumi cannot, or does not know to be undone by a flip. Until it reads so, for a while. */
async function complete(site: NodePortSite, stage: Stage, _outputs: WorkloadOutputs, aws: Aws): Promise<void> {
  if (!moves(stage)) return
  const deadline = Date.now() + settling.atMost
  while (!inEffect('by-targets', stage.split, splitOf(await readSharing(site, aws))) && Date.now() < deadline) {
    await place(site, stage.split, aws)
    await sleep(settling.pause)
  }
}

/** The stages in which who is attached is ours to say; before and after them nothing is written. */
const moves = ({ switchPoint, blue }: Stage): boolean => switchPoint === 'owned' && blue === 'attached'

/** What a preview cannot show: blue's attachments are not Pulumi's, because none can be imported. */
function completion(site: NodePortSite, stage: Stage): readonly string[] {
  if (!moves(stage)) return []
  const names = attachmentsOf(site, 'blue').map(({ autoScalingGroup }) => autoScalingGroup)
  if (stage.split.blue === 0) {
    return [
      `detach blue's auto-scaling groups ${names.join(', ')} from the target group by AWS call, once all nodes of green are healthy in it`,
    ]
  }
  const minutes = isNetwork(site)
    ? `; a network load balancer takes ${slowest.from} to ${slowest.to} s until it asks them`
    : ''
  return stage.split.green > 0 && stage.testRoute ? [`the nodes of both clusters share the target group${minutes}`] : []
}

const isNetwork = ({ found }: NodePortSite): boolean => found.loadBalancer.type === 'network'

/** A network load balancer goes on sending connections to nodes that have left, and none to those that have come, for minutes. */
function propagation(site: NodePortSite, stage: Stage, before: Stage | null): Lingering | null {
  if (!moves(stage) || !isNetwork(site) || sameSplit(stage.split, before?.split ?? home)) return null
  const sentence = `until the load balancer asks the nodes of ${describeSplit(stage.split)}, and those alone`
  return { seconds: Math.max(slowest.to, site.found.blueTargetGroup.deregistrationDelaySeconds), sentence }
}

function lingers(site: NodePortSite, split: Split): Lingering {
  const { loadBalancer, blueTargetGroup } = site.found
  const weighted = weightedSwitch.lingers(site, split)
  if (!isNetwork(site)) return weighted
  const { from, to } = slowest
  const seconds = Math.max(to, loadBalancer.idleTimeoutSeconds, blueTargetGroup.deregistrationDelaySeconds)
  const sentence =
    `a network load balancer sends new connections to nodes that have left for up to ${to} s; ` +
    `where blue's nodes had left, they are asked again after ${from} to ${to} s, and green's stay until then; ${weighted.sentence}`
  return { seconds, sentence }
}
