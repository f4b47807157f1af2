import type { AvailabilityZone, SubnetMapping } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { validationError } from './invalid.ts'
import type { LoadBalancerType } from './state.ts'

interface Wanted {
  Subnets?: string[] | undefined
  SubnetMappings?: SubnetMapping[] | undefined
}

/** The VPC and the zones that the named subnets give a load balancer. */
export function placeInSubnets(
  world: World,
  type: LoadBalancerType,
  wanted: Wanted,
): { vpcId: string; zones: AvailabilityZone[] } {
  if (wanted.Subnets?.length && wanted.SubnetMappings?.length) {
    throw validationError('You must specify either subnets or subnet mappings, but not both')
  }
  const mappings = wanted.SubnetMappings?.length
    ? wanted.SubnetMappings
    : (wanted.Subnets ?? []).map((SubnetId) => ({ SubnetId }))
  const subnets = mappings.map(({ SubnetId }) => {
    const subnet = world.ec2.subnets.get(SubnetId ?? '')
    if (!subnet) throw new AwsError('SubnetNotFound', `The subnet ID '${SubnetId}' does not exist`)
    return subnet
  })
  const first = subnets[0]
  if (!first) throw validationError('At least one subnet must be specified')
  if (subnets.some(({ VpcId }) => VpcId !== first.VpcId)) {
    throw new AwsError('InvalidSubnet', 'All subnets must belong to the same VPC')
  }
  if (new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < subnets.length) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    )
  }
  if (type === 'application' && subnets.length < 2) {
    throw validationError('At least two subnets in two different Availability Zones must be specified')
  }
  const zones = subnets.map((subnet, index) => ({
    ZoneName: subnet.AvailabilityZone,
    SubnetId: subnet.SubnetId,
    LoadBalancerAddresses: fixedAddress(mappings[index]),
  }))
  return { vpcId: first.VpcId, zones }
}

function fixedAddress(mapping: SubnetMapping | undefined): AvailabilityZone['LoadBalancerAddresses'] {
  if (!mapping?.AllocationId && !mapping?.PrivateIPv4Address) return []
  return [{ AllocationId: mapping.AllocationId, PrivateIPv4Address: mapping.PrivateIPv4Address }]
}

export function requireSecurityGroups(world: World, vpcId: string, ids: readonly string[] | undefined): void {
  for (const id of ids ?? []) {
    const group = world.ec2.securityGroups.get(id)
    if (!group) throw new AwsError('InvalidSecurityGroup', `The security group '${id}' does not exist`)
    if (group.VpcId !== vpcId) {
      throw new AwsError('InvalidSecurityGroup', `The security group '${id}' does not belong to VPC '${vpcId}'`)
    }
  }
}

/** What an application load balancer gets that names none. */
export function defaultSecurityGroup(world: World, vpcId: string): string[] {
  const group = [...world.ec2.securityGroups.values()].find(
    ({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default',
  )
  return group ? [group.GroupId] : []
}
