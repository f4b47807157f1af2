import { loadBalancerAt } from '../cloud/elbv2/addresses.ts'
import type { World } from '../cloud/world.ts'
import type { AddressBook } from './addresses.ts'
import type { Reach } from './dns/caching-resolver.ts'
import type { Network } from './network.ts'

/** Where on this machine an address and port of the VPC are: a pod's, a node's, or the listener of a load balancer. */
export function reachIn(world: World, addresses: AddressBook, network: Network): Reach {
  return (address, port) => {
    const loadBalancer = loadBalancerAt(world, address)
    return loadBalancer ? network.frontDoor(loadBalancer.arn, port) : addresses.resolve(address, port)
  }
}
