/** Where pods (and nodes) get their VPC addresses from. Two clusters in one VPC share one of these, or have a range each. */
export interface VpcAddresses {
  /** An address of the subnet in that availability zone. */
  take(zone: string): string
  release(address: string): void
}

interface Range {
  /** The first address as a number. */
  first: number
  count: number
}

function rangeOf(cidr: string): Range {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = (match ?? []).slice(1).map(Number)
  if (!match || bits < 8 || bits > 28) {
    throw new RangeError(`an address range is written like 10.0.64.0/20, not ${cidr}`)
  }
  // AWS keeps the first four addresses of a subnet and the last one.
  return { first: ((a * 256 + b) * 256 + c) * 256 + d + 4, count: 2 ** (32 - bits) - 5 }
}

const written = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

/**
 * Addresses of one CIDR block for every zone, or of one block for each zone. They are given out in turn: one that came
 * back waits until the rest has been used, as the VPC CNI lets addresses cool down.
 */
export function addressesIn(cidr: string | Record<string, string>): VpcAddresses {
  const blocks = typeof cidr === 'string' ? { '': cidr } : cidr
  const ranges = new Map(Object.entries(blocks).map(([zone, block]) => [zone, { ...rangeOf(block), next: 0 }]))
  const taken = new Set<string>()
  return {
    take(zone) {
      const range = ranges.get(typeof cidr === 'string' ? '' : zone)
      if (!range) throw new RangeError(`there are no addresses for zone ${zone}`)
      for (let tried = 0; tried < range.count; tried++) {
        const address = written(range.first + range.next)
        range.next = (range.next + 1) % range.count
        if (!taken.has(address)) {
          taken.add(address)
          return address
        }
      }
      throw new Error(`no address is left in zone ${zone}`)
    },
    release: (address) => void taken.delete(address),
  }
}
