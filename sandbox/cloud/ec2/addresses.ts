import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { parseCidr } from './cidr.ts'
import { interfacesIn } from './nouns.ts'
import type { SubnetRecord } from './state.ts'

const written = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

/**
 * A private address for a new network interface. From the end of the subnet downwards, where AWS draws one: pods get
 * theirs from its beginning, outside EC2's model, and the two shall not meet.
 */
export function freeAddress(world: World, subnet: SubnetRecord): string {
  const block = parseCidr(subnet.CidrBlock)
  const taken = new Set(interfacesIn(world, subnet.SubnetId).map(({ PrivateIpAddress }) => PrivateIpAddress))
  // The last address and the first four are AWS's own.
  const first = (block?.first ?? 0) + 4
  for (let address = (block?.first ?? 0) + (block?.size ?? 0) - 2; address >= first; address--) {
    const text = written(address)
    if (!taken.has(text)) return text
  }
  throw new AwsError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.SubnetId}' to satisfy the requested number of instances.`,
  )
}
