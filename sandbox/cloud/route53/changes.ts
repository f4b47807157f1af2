import type { ChangeInfo, GetChangeCommandInput, GetChangeCommandOutput } from '@aws-sdk/client-route-53'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findChange } from './find.ts'
import { newId } from './ids.ts'
import type { Change, HostedZone } from './state.ts'
import { propagationSeconds } from './timing.ts'

/**
 * Puts what the zone has now on its way to the name servers. Every change takes equally long, so they arrive in order.
 * AWS's name servers get it one after the other within that time, these all at its end.
 */
export function submitChange(world: World, zone: HostedZone | undefined, comment?: string): ChangeInfo {
  const change: Change = { id: newId('C'), submittedAt: new Date(), status: 'PENDING', ...(comment && { comment }) }
  const records = zone?.records
  world.route53.changes.set(change.id, change)
  world.clock.after(propagationSeconds, () => {
    if (zone && records) zone.served = records
    change.status = 'INSYNC'
  })
  return describe(change)
}

const describe = ({ id, status, submittedAt, comment }: Change): ChangeInfo => ({
  Id: `/change/${id}`,
  Status: status,
  SubmittedAt: submittedAt,
  Comment: comment,
})

export const getChange: Operation<GetChangeCommandInput, GetChangeCommandOutput> = (world, input) => ({
  ChangeInfo: describe(findChange(world, input.Id)),
})
