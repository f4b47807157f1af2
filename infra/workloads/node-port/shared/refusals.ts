import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { GroupOfNodes } from '../../../aws/auto-scaling.ts'
import { refuseByFirst, type Refusal } from '../../elbv2/refusals.ts'
import type { Entry } from '../../entry.ts'
import type { NodePortFound } from '../found.ts'

/** What was read of the group that both clusters' nodes are to share. */
export interface SharedSurvey extends Pick<NodePortFound, 'blueTargetGroup' | 'testRoute' | 'green'> {
  readonly managedElsewhere: Entry['managedElsewhere']
  /** Auto-scaling groups that are attached to it. */
  readonly blueNodes: readonly GroupOfNodes[]
  readonly targets: readonly TargetHealthDescription[]
}

type Check = (surveyed: SharedSurvey) => Refusal

/** Why a target group cannot be shared, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  otherNodePort,
  otherHealthPort,
  nobodyAttached,
  registeredByHand,
  attachedInline,
  untestable,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotShare = (surveyed: SharedSurvey): void => refuseByFirst(checks, surveyed)

/** Auto Scaling registers its nodes on the port of the group. */
function otherNodePort({ green, blueTargetGroup }: SharedSurvey): Refusal {
  if (green.nodePort === blueTargetGroup.port) return null
  const reason = `green's Service has node port ${green.nodePort}, the target group ${blueTargetGroup.port}: a shared group has one port`
  return ['service', reason, "Pin the target group's port in green (spec.ports[].nodePort)."]
}

function otherHealthPort({ green, blueTargetGroup }: SharedSurvey): Refusal {
  const { port } = blueTargetGroup.healthCheck
  if (green.healthCheckPort === port) return null
  const reason = `green's Service answers health checks on port ${green.healthCheckPort}, the target group asks ${port}`
  return [
    'service',
    reason,
    'Pin that port in green (spec.healthCheckNodePort), or let the group ask the traffic port.',
  ]
}

function nobodyAttached({ blueNodes }: SharedSurvey): Refusal {
  if (blueNodes.length > 0) return null
  const reason = 'no auto-scaling group is attached to it, so there is nothing to detach'
  return ['blueTargetGroup', reason, "Attach blue's auto-scaling groups instead of registering their nodes one by one."]
}

function registeredByHand({ blueNodes, targets }: SharedSurvey): Refusal {
  const known = new Set(blueNodes.flatMap(({ instances }) => instances.map(({ id }) => id)))
  const stranger = targets.find(
    ({ Target, TargetHealth }) => TargetHealth?.State !== 'draining' && !known.has(Target?.Id ?? ''),
  )
  if (!stranger) return null
  const reason = `its target ${stranger.Target?.Id} is of none of the auto-scaling groups that are attached to it, so it would stay`
  return ['blueTargetGroup', reason, 'Let auto-scaling groups alone fill the group.']
}

/** Marks that tools leave. A tool that leaves none is known to nobody but its owner. */
const stackTag = 'aws:cloudformation:stack-name'
const otherTools = /terraform|opentofu|pulumi/i

/** A group that gets its target groups inline is attached again, or detached from ours, whenever its tool runs. */
function attachedInline({ blueNodes, managedElsewhere }: SharedSurvey): Refusal {
  if (managedElsewhere === 'paused') return null
  for (const { name, tags } of blueNodes) {
    const stack = tags[stackTag]
    const mark = Object.entries(tags).find(([key, value]) => otherTools.test(`${key}=${value}`))
    const owner = stack === undefined ? mark && `another tool (tag ${mark[0]})` : `the CloudFormation stack ${stack}`
    if (owner === undefined) continue
    const reason = `the auto-scaling group ${name} belongs to ${owner}, which would attach it again`
    return ['blueTargetGroup', reason, 'Freeze that tool for the move and say managedElsewhere: paused.']
  }
  return null
}

/** Before anything of green's is attached it has to be checked somewhere else. */
function untestable({ testRoute }: SharedSurvey): Refusal {
  if (!('none' in testRoute)) return null
  const reason = `green can be checked nowhere before it is live: ${testRoute.none}`
  return ['testPort', reason, 'Make room for a test route at the load balancer.']
}
