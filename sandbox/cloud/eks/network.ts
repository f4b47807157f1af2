import type { VpcConfigRequest, VpcConfigResponse } from '@aws-sdk/client-eks'
import { addSecurityGroup, deleteSecurityGroup, isInUse } from '../ec2/security-groups.ts'
import { addRule } from '../ec2/security-group-rules.ts'
import type { World } from '../world.ts'
import { invalidParameter } from './errors.ts'

/** Where a cluster's network interfaces go: two zones at least, and one VPC. */
export function requireSubnets(world: World, ids: readonly string[] | undefined): string {
  if (!ids?.length) throw invalidParameter('Subnets are not specified.')
  const subnets = ids.map((id) => {
    const subnet = world.ec2.subnets.get(id)
    if (!subnet) throw invalidParameter(`The subnet ID '${id}' does not exist`)
    return subnet
  })
  const [first] = subnets
  if (new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < 2) {
    throw invalidParameter('Subnets specified must be in at least two different AZs')
  }
  if (!first || subnets.some(({ VpcId }) => VpcId !== first.VpcId)) {
    throw invalidParameter('Subnets specified must be in the same VPC')
  }
  return first.VpcId
}

export function requireSecurityGroups(world: World, vpcId: string, ids: readonly string[] | undefined): void {
  const stranger = ids?.find((id) => world.ec2.securityGroups.get(id)?.VpcId !== vpcId)
  if (stranger) throw invalidParameter(`The security group ID '${stranger}' does not exist in VPC '${vpcId}'`)
}

/** The network of a new cluster, without the security group that EKS makes for it. */
export function acceptNetwork(world: World, wanted: VpcConfigRequest | undefined) {
  const vpcId = requireSubnets(world, wanted?.subnetIds)
  requireSecurityGroups(world, vpcId, wanted?.securityGroupIds)
  const access = acceptEndpointAccess({ endpointPublicAccess: true, endpointPrivateAccess: false }, wanted)
  return { subnetIds: wanted?.subnetIds, securityGroupIds: wanted?.securityGroupIds ?? [], vpcId, ...access }
}

const everywhere = ['0.0.0.0/0']

export function acceptEndpointAccess(now: VpcConfigResponse, wanted: VpcConfigRequest | undefined) {
  const endpointPublicAccess = wanted?.endpointPublicAccess ?? now.endpointPublicAccess
  const endpointPrivateAccess = wanted?.endpointPrivateAccess ?? now.endpointPrivateAccess
  if (!endpointPublicAccess && !endpointPrivateAccess) {
    throw invalidParameter('Private and public endpoint access cannot be false')
  }
  const publicAccessCidrs = endpointPublicAccess
    ? (wanted?.publicAccessCidrs ?? now.publicAccessCidrs ?? everywhere)
    : []
  return { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs }
}

const groupDescription =
  'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, ' +
  'as well as any managed workloads.'

/** Its members reach each other on every port. */
export function addClusterSecurityGroup(world: World, cluster: string, id: string, vpcId: string): string {
  const name = `eks-cluster-sg-${cluster}-${id.slice(0, 10).toLowerCase()}`
  const group = addSecurityGroup(world, { GroupName: name, Description: groupDescription, VpcId: vpcId })
  const { GroupId } = group
  const members = { ReferencedGroupInfo: { GroupId, UserId: world.accountId } }
  addRule(world, group, false, { IpProtocol: '-1', FromPort: -1, ToPort: -1, ...members })
  const tags = { Name: name, [`kubernetes.io/cluster/${cluster}`]: 'owned', 'aws:eks:cluster-name': cluster }
  world.ec2.tags.set(GroupId, new Map(Object.entries(tags)))
  return GroupId
}

/** As EKS does with the cluster; a group that others refer to stays behind. */
export function deleteClusterSecurityGroup(world: World, groupId: string | undefined): void {
  const group = world.ec2.securityGroups.get(groupId ?? '')
  if (group && !isInUse(world, group.GroupId)) deleteSecurityGroup(world, group)
}

/** What a cluster gets that names no range for its Services: one of two, the one that is not like the VPC's. */
export function serviceRange(world: World, vpcId: string): string {
  const vpcRange = world.ec2.vpcs.get(vpcId)?.CidrBlock ?? ''
  return vpcRange.startsWith('10.') ? '172.20.0.0/16' : '10.100.0.0/16'
}
