import { BlockList, isIPv6 } from 'node:net'

/** `10.0.0.0/16` or `2001:db8::/32`, as opposed to the id of a security group. */
export const isAddressRange = (source: string): boolean => source.includes('/')

export const isIpv6Range = (range: string): boolean => isIPv6(addressOf(range))

/** Is every address of `inner` in `outer`? */
export function covers(outer: string, inner: string): boolean {
  const family = isIpv6Range(outer) ? 'ipv6' : 'ipv4'
  if (isIpv6Range(inner) !== isIpv6Range(outer) || lengthOf(inner) < lengthOf(outer)) return false
  const list = new BlockList()
  list.addSubnet(addressOf(outer), lengthOf(outer), family)
  return list.check(addressOf(inner), family)
}

const addressOf = (range: string): string => range.split('/')[0] ?? ''

const lengthOf = (range: string): number => Number(range.split('/')[1])
