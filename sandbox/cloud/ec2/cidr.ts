import { isIPv4, isIPv6 } from 'node:net'

/** A block of IPv4 addresses as numbers: from `first`, `size` of them. */
export interface Cidr {
  readonly first: number
  readonly size: number
  readonly prefix: number
}

/** undefined: not a block of IPv4 addresses. An address inside the block stands for the block. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefixText = '', ...more] = text.split('/')
  const prefix = Number(prefixText)
  if (!isIPv4(address) || more.length > 0 || !/^\d{1,2}$/.test(prefixText) || prefix > 32) return undefined
  const size = 2 ** (32 - prefix)
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return { first: number - (number % size), size, prefix }
}

export const containsCidr = (outer: Cidr, inner: Cidr): boolean =>
  inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size

export const overlap = (a: Cidr, b: Cidr): boolean => a.first < b.first + b.size && b.first < a.first + a.size

/** `10.1.2.3/8` → `10.0.0.0/8`, as AWS keeps it. */
export function canonicalCidr(text: string): string | undefined {
  const cidr = parseCidr(text)
  if (!cidr) return undefined
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(cidr.first / 2 ** shift) % 256)
  return `${octets.join('.')}/${cidr.prefix}`
}

export function isCidrIpv6(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/')
  return isIPv6(address) && more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= 128
}
