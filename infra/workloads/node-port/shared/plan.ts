import { logical } from '../../../names.ts'
import type { SwitchPlan } from '../../elbv2/plan.ts'
import type { Stage } from '../../kind.ts'
import type { NodePortSite } from '../found.ts'
import type { AttachmentPlan } from '../attachment.ts'
import { attachmentsOf } from './sharing.ts'

/**
 * The switch point is held as it was found, whatever the stage, and green has a group of its own for as long as it is tested. Pure.
 */
export function sharedPlan({ found }: NodePortSite, stage: Stage, weighted: SwitchPlan): SwitchPlan {
  const held = { adoptedOnly: true, shares: [{ colour: 'blue' as const, weight: found.forward.weight }] }
  return {
    ...weighted,
    switchPoint: weighted.switchPoint && { ...weighted.switchPoint, ...held },
    targetGroup: weighted.testRoute ? weighted.targetGroup : null,
  }
}

/** Green's auto-scaling groups in the shared target group: attached means live, so only where the split gives green something. */
export const joined = (site: NodePortSite, { green, split }: Stage): AttachmentPlan[] =>
  green === 'present' && split.green > 0 ? joinPlans(site) : []

export const joinPlans = (site: NodePortSite): AttachmentPlan[] =>
  attachmentsOf(site, 'green').map(({ autoScalingGroup }) => ({
    name: `${logical.sharingNodes}-${autoScalingGroup}`,
    autoScalingGroup,
  }))
