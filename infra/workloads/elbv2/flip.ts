import { ModifyListenerCommand, ModifyRuleCommand, type Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import type { Split } from '../../traffic.ts'
import type { WorkloadOutputs } from '../kind.ts'
import type { SwitchSite } from './found.ts'
import { sdkActions, sharesFor } from './forward.ts'
import { isNotFound } from './describe.ts'

/**
 * Sets the split by one ModifyRule or ModifyListener. Where green has no target group, or has lost it, only home can be set,
 * and it is set as found: a group that is gone must not keep the traffic away from blue.
 */
export async function flip(site: SwitchSite, outputs: WorkloadOutputs | null, split: Split, aws: Aws): Promise<void> {
  const green = outputs?.targetGroups.green ?? null
  if (green !== null) {
    try {
      return await write(site, actionsFor(site, green, split), aws)
    } catch (error) {
      if (!isNotFound(error) || split.green !== 0) throw error
    }
  }
  if (split.green !== 0) throw new RangeError(`${site.workload} has no target group on green to send traffic to`)
  await write(site, actionsFor(site, null, split), aws)
}

function actionsFor(site: SwitchSite, green: string | null, split: Split): Action[] {
  const { forward, blueTargetGroup } = site.found
  const shares = sharesFor(forward, split, { green: green === null ? 'absent' : 'present', blue: 'attached' })
  return sdkActions(forward, shares, { blue: blueTargetGroup.arn, green: green ?? '' })
}

async function write({ found }: SwitchSite, actions: Action[], aws: Aws): Promise<void> {
  const { type, arn } = found.switchPoint
  if (type === 'rule') await aws.elbv2.send(new ModifyRuleCommand({ RuleArn: arn, Actions: actions }))
  else await aws.elbv2.send(new ModifyListenerCommand({ ListenerArn: arn, DefaultActions: actions }))
}
