import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Nobody's front door. Link-local addresses are where a cloud's machines and pods are told their credentials: 169.254.169.254,
 * 169.254.170.2, 169.254.170.23 and fd00:ec2::/32. Who writes an inventory is not to ask there by way of a probe.
 */
const closed = new BlockList()
closed.addSubnet('169.254.0.0', 16, 'ipv4')
closed.addSubnet('fe80::', 10, 'ipv6')
closed.addSubnet('fd00:ec2::', 32, 'ipv6')

const isClosed = (address: string): boolean => closed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const refusalOf = (address: string): Error => new Error(`${address} is a link-local address, and no front door`)

/** Throws when a URL's host is itself an address that is not asked. Names are looked at once they are resolved. */
export function requireDoor({ hostname }: URL): void {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0 && isClosed(address)) throw refusalOf(address)
}

/** Node's own, that finds no such address behind a name. */
export const lookupDoor: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found: string | LookupAddress[], family) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
    const refused = addresses.find(isClosed)
    if (error || refused === undefined) return callback(error, found, family)
    callback(refusalOf(refused), found, family)
  })
}
