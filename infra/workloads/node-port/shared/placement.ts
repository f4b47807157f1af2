import { attach, detach } from '../../../aws/attachments.ts'
import type { Aws } from '../../../aws/clients.ts'
import type { Colour, Split } from '../../../traffic.ts'
import type { NodePortSite } from '../found.ts'
import { attachmentsOf, healthyIn, isReady, readSharingAfresh, type SharingNow } from './sharing.ts'

const colours: readonly Colour[] = ['blue', 'green']

/**
 * Puts the nodes of both clusters where a split wants them, as far as that can be done now: first in comes who is missing, and
 * out goes who is to leave once the others can take everything. To be called again until the split reads as wanted.
 */
export async function place(site: NodePortSite, split: Split, aws: Aws): Promise<void> {
  const staying = colours.filter((colour) => split[colour] > 0)
  const leaving = colours.filter((colour) => split[colour] === 0)
  // at once, because who stays is in already on most ways; who was not yet is not ready in what is read, and is looked at again
  const [now] = await Promise.all([
    leaving.length > 0 ? readSharingAfresh(site, aws) : null,
    ...staying.flatMap((colour) => attachmentsOf(site, colour)).map((one) => attach(one, aws)),
  ])
  if (!now || !mayLeave(now, split)) return
  await Promise.all(leaving.flatMap((colour) => attachmentsOf(site, colour)).map((one) => detach(one, aws)))
}

/**
 * Nodes that join a network load balancer serve after minutes, and those that left it are asked no more: whoever leaves too early
 * leaves nobody. On the way home a green without a healthy node leaves all the same: it serves nobody as it is. Pure.
 */
export function mayLeave({ blue, green }: SharingNow, split: Split): boolean {
  if (split.green > 0) return isReady(green)
  return isReady(blue) || healthyIn(green) === 0
}
