import { parseCidr } from '../ec2/cidr.ts'
import type { World } from '../world.ts'
import type { LoadBalancer } from './state.ts'

/**
 * The private addresses of a load balancer, one in each of its subnets, in the order of its zones. They are taken from the
 * upper end of a subnet, since pods and nodes fill it from the lower, and stay as long as the load balancer does. An
 * internet-facing one has these and no public ones.
 */
export function addressesOf(world: World, loadBalancer: LoadBalancer): string[] {
  return loadBalancer.zones.flatMap(({ SubnetId = '', LoadBalancerAddresses }) => {
    const address = LoadBalancerAddresses?.[0]?.PrivateIPv4Address ?? addressIn(world, loadBalancer, SubnetId)
    return address === undefined ? [] : [address]
  })
}

/** The load balancer that has the address. */
export function loadBalancerAt(world: World, address: string): LoadBalancer | undefined {
  return [...world.elbv2.loadBalancers.values()].find((loadBalancer) =>
    addressesOf(world, loadBalancer).includes(address),
  )
}

function addressIn(world: World, { arn }: LoadBalancer, subnetId: string): string | undefined {
  const { addresses, loadBalancers } = world.elbv2
  const key = `${arn} ${subnetId}`
  const known = addresses.get(key)
  if (known !== undefined) return known
  for (const taken of addresses.keys()) if (!loadBalancers.has(taken.split(' ')[0] ?? '')) addresses.delete(taken)
  const block = parseCidr(world.ec2.subnets.get(subnetId)?.CidrBlock ?? '')
  if (!block) return undefined
  const used = new Set(addresses.values())
  // AWS keeps the last address of a subnet to itself.
  for (let number = block.first + block.size - 2; number > block.first; number -= 1) {
    const address = written(number)
    if (used.has(address)) continue
    addresses.set(key, address)
    return address
  }
  return undefined
}

const written = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
