import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2'
import type { CreateNodegroupCommandInput, LaunchTemplateSpecification } from '@aws-sdk/client-eks'
import { createGroup, deleteGroup, updateGroup } from '../autoscaling/groups.ts'
import { terminateMember } from '../autoscaling/instances.ts'
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplate,
  findTemplate,
  versionOf,
} from '../ec2/launch-templates.ts'
import { addSecurityGroup, deleteSecurityGroup, isInUse } from '../ec2/security-groups.ts'
import { addRule } from '../ec2/security-group-rules.ts'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { invalidParameter } from './errors.ts'
import type { ClusterRecord, NodegroupRecord } from './state.ts'

/** EKS calls EC2 and Auto Scaling by itself. */
const caller = { accessKeyId: '', requestId: '' }

/** Operations of EC2 and Auto Scaling act at once; whatever they answer can be looked up. */
function act<Input>(operation: Operation<Input, object>, world: World, input: Input): void {
  void operation(world, input, caller)
}

/** EKS publishes no id that could be copied: one for every version. */
const imageId = 'ami-0e5c0de5a4db0c0de'

/** The launch template that a request names, with both of its names, as EKS answers it. */
export function acceptLaunchTemplate(
  world: World,
  {
    launchTemplate,
    remoteAccess,
    diskSize,
  }: Pick<CreateNodegroupCommandInput, 'launchTemplate' | 'remoteAccess' | 'diskSize'>,
): LaunchTemplateSpecification | undefined {
  if (!launchTemplate) return undefined
  if (remoteAccess) throw invalidParameter('Remote access configuration cannot be specified with a launch template.')
  if (diskSize !== undefined) throw invalidParameter('Disk size must be specified within the launch template.')
  return resolved(world, launchTemplate)
}

function resolved(world: World, { id, name, version = '$Default' }: LaunchTemplateSpecification) {
  try {
    const template = findTemplate(world, { LaunchTemplateId: id, LaunchTemplateName: name })
    const found = versionOf(template, version)
    if (!found) throw invalidParameter(`Could not find the specified version ${version} of the launch template`)
    const number = template.versions.indexOf(found) + 1
    return { id: template.LaunchTemplateId, name: template.LaunchTemplateName, version: String(number) }
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith('InvalidLaunchTemplate'))
      throw invalidParameter(error.message)
    throw error
  }
}

/** What EKS makes in EC2 and Auto Scaling for a new node group; the machines run and join while it is CREATING. */
export function addMachines(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { about, group, template } = nodegroup
  const clusterName = cluster.about.name
  if (about.remoteAccess) addRemoteAccess(world, cluster, nodegroup)
  act(createLaunchTemplate, world, {
    LaunchTemplateName: template,
    LaunchTemplateData: templateData(world, cluster, about),
  })
  const tags = {
    'eks:cluster-name': clusterName,
    'eks:nodegroup-name': about.nodegroupName,
    'k8s.io/cluster-autoscaler/enabled': 'true',
    [`k8s.io/cluster-autoscaler/${clusterName}`]: 'owned',
    [`kubernetes.io/cluster/${clusterName}`]: 'owned',
  }
  act(createGroup, world, {
    AutoScalingGroupName: group,
    LaunchTemplate: { LaunchTemplateName: template, Version: '1' },
    ...sizes(about.scalingConfig),
    VPCZoneIdentifier: about.subnets?.join(','),
    HealthCheckGracePeriod: 15,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
  })
}

const sizes = ({ minSize, maxSize, desiredSize }: NodegroupRecord['about']['scalingConfig']) => ({
  MinSize: minSize,
  MaxSize: maxSize,
  DesiredCapacity: desiredSize,
})

/** EKS copies the template that the request names into one of its own, and adds what that leaves out. */
function templateData(
  world: World,
  cluster: ClusterRecord,
  about: NodegroupRecord['about'],
): RequestLaunchTemplateData {
  const { launchTemplate, instanceTypes, resources } = about
  const given = launchTemplate
    ? (versionOf(findTemplate(world, { LaunchTemplateId: launchTemplate.id }), launchTemplate.version)?.data ?? {})
    : {}
  const own = given.NetworkInterfaces?.[0]?.Groups ?? given.SecurityGroupIds
  const { clusterSecurityGroupId = '' } = cluster.about.resourcesVpcConfig
  const remoteAccess = resources?.remoteAccessSecurityGroup
  return {
    ImageId: imageId,
    InstanceType: 't3.medium',
    ...given,
    ...(instanceTypes?.[0] && { InstanceType: instanceTypes[0] as RequestLaunchTemplateData['InstanceType'] }),
    SecurityGroupIds: own ?? [clusterSecurityGroupId, ...(remoteAccess ? [remoteAccess] : [])],
  }
}

/** A security group that lets SSH in: from the groups that the request names, or from everywhere. */
function addRemoteAccess(world: World, cluster: ClusterRecord, { about, template }: NodegroupRecord): void {
  const group = addSecurityGroup(world, {
    GroupName: template.replace('eks-', 'eks-remoteAccess-'),
    Description: 'Security group for all nodes in the nodeGroup to allow SSH access',
    VpcId: cluster.about.resourcesVpcConfig.vpcId ?? '',
  })
  const sources = about.remoteAccess?.sourceSecurityGroups
  const from = sources?.length
    ? sources.map((GroupId) => ({ ReferencedGroupInfo: { GroupId, UserId: world.accountId } }))
    : [{ CidrIpv4: '0.0.0.0/0' }]
  for (const source of from) addRule(world, group, false, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...source })
  about.resources = { ...about.resources, remoteAccessSecurityGroup: group.GroupId }
}

/** The group follows the sizes of the node group. */
export function resizeMachines(world: World, { about, group }: NodegroupRecord): void {
  act(updateGroup, world, { AutoScalingGroupName: group, ...sizes(about.scalingConfig) })
}

/**
 * One machine after the other ends and is followed by a new one, within so many AWS seconds. EKS raises the size of the group
 * first, so that a new machine is there before an old one goes.
 */
export function replaceMachines(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  seconds: number,
): void {
  const { about, group, template } = nodegroup
  const LaunchTemplateData = templateData(world, cluster, about)
  act(createLaunchTemplateVersion, world, { LaunchTemplateName: template, LaunchTemplateData })
  const Version = String(findTemplate(world, { LaunchTemplateName: template }).versions.length)
  const LaunchTemplate = { LaunchTemplateName: template, Version }
  act(updateGroup, world, { AutoScalingGroupName: group, LaunchTemplate })
  const old = [...(world.autoscaling.groups.get(group)?.members.keys() ?? [])]
  for (const [index, InstanceId] of old.entries()) {
    world.clock.after((index * seconds) / (old.length + 1), () => {
      if (!world.autoscaling.groups.get(group)?.members.has(InstanceId)) return
      act(terminateMember, world, { InstanceId, ShouldDecrementDesiredCapacity: false })
    })
  }
}

/** The machines leave their target groups, drain and end, and the group goes with the last of them. */
export function removeMachines(world: World, { group }: NodegroupRecord): void {
  if (hasMachines(world, group)) act(deleteGroup, world, { AutoScalingGroupName: group, ForceDelete: true })
}

export const hasMachines = (world: World, group: string): boolean => world.autoscaling.groups.has(group)

/** What is left when the machines are gone. A security group that others refer to stays behind. */
export function forgetMachines(world: World, { about, template }: NodegroupRecord): void {
  act(deleteLaunchTemplate, world, { LaunchTemplateName: template })
  const remoteAccess = world.ec2.securityGroups.get(about.resources?.remoteAccessSecurityGroup ?? '')
  if (remoteAccess && !isInUse(world, remoteAccess.GroupId)) deleteSecurityGroup(world, remoteAccess)
}
