import { attachedAs, withoutLeaving } from '../../../aws/attachments.ts'
import { groupsAttachedTo } from '../../../aws/auto-scaling.ts'
import type { Aws } from '../../../aws/clients.ts'
import { targetsOf } from '../../elbv2/observe.ts'
import type { Survey } from '../../elbv2/survey.ts'
import type { Entry } from '../../entry.ts'
import type { NodePortConfig } from '../config.ts'
import type { NodePortFound } from '../found.ts'
import { sharedSwitchPoint } from './observe.ts'
import { refuseWhatCannotShare } from './refusals.ts'

/** Who is attached to the target group that is to be shared. Throws Refused where it cannot be. */
export async function findShared(
  config: NodePortConfig & Entry,
  { described, tags }: Survey,
  found: NodePortFound,
  aws: Aws,
): Promise<NodePortFound> {
  const { blueTargetGroup, testRoute, green, switchPoint } = found
  const { managedElsewhere } = config
  const { arn } = blueTargetGroup
  const [listed, targets] = await Promise.all([groupsAttachedTo(arn, aws), targetsOf(arn, aws)])
  const blueNodes = (await withoutLeaving(listed, arn, aws)).filter(({ targetGroups }) => targetGroups.includes(arn))
  refuseWhatCannotShare({ blueTargetGroup, testRoute, green, managedElsewhere, blueNodes, targets })
  const states = [
    ...blueNodes.map(({ name }) => [name, 'attached'] as const),
    ...config.greenNodes.autoScalingGroups.map((name) => [name, 'detached'] as const),
  ]
  return {
    ...found,
    asFound: sharedSwitchPoint(described, tags.get(switchPoint.arn) ?? {}, Object.fromEntries(states)),
    blueNodes: blueNodes.map((group) => ({ autoScalingGroup: group.name, as: attachedAs(group, arn) })),
  }
}
