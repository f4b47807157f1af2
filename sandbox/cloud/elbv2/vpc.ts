import { containsCidr, parseCidr } from '../ec2/cidr.ts'
import type { SubnetRecord } from '../ec2/state.ts'
import type { World } from '../world.ts'

/** The subnet of the VPC that an address is in. AWS compares with subnets, not with the CIDR blocks of the VPC (LBC #3714). */
export function subnetOf(world: World, vpcId: string | undefined, ip: string): SubnetRecord | undefined {
  return [...world.ec2.subnets.values()].find((subnet) => subnet.VpcId === vpcId && contains(subnet.CidrBlock, ip))
}

const targetRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

/** RFC 1918 and RFC 6598, the addresses outside the VPC that may be targets. */
export const isPrivate = (ip: string) => targetRanges.some((cidr) => contains(cidr, ip))

function contains(cidr: string, ip: string): boolean {
  const block = parseCidr(cidr)
  const address = parseCidr(`${ip}/32`)
  return block !== undefined && address !== undefined && containsCidr(block, address)
}
