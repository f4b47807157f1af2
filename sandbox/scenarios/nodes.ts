import { AttachLoadBalancerTargetGroupsCommand, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
} from '@aws-sdk/client-ec2'
import type { AwsClients } from './aws-clients.ts'
import type { Vpc } from './network.ts'

/** The machines of a cluster. */
export interface Nodes {
  /** The auto-scaling group. */
  readonly group: string
  readonly securityGroup: string
}

/** An auto-scaling group of machines that carry the cluster's tag, with a security group of their own. */
export async function createNodes(
  { autoScaling, ec2 }: AwsClients,
  vpc: Vpc,
  cluster: string,
  size: number,
): Promise<Nodes> {
  const group = `${cluster}-nodes`
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: group, Description: `nodes of ${cluster}`, VpcId: vpc.vpcId }),
  )
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: group,
      LaunchTemplateData: {
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 'm6i.large',
        SecurityGroupIds: [GroupId],
      },
    }),
  )
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: group,
      LaunchTemplate: { LaunchTemplateName: group },
      MinSize: size,
      MaxSize: size * 2,
      VPCZoneIdentifier: vpc.subnetIds.join(','),
      Tags: [{ Key: `kubernetes.io/cluster/${cluster}`, Value: 'owned', PropagateAtLaunch: true }],
    }),
  )
  return { group, securityGroup: GroupId }
}

/** Opens a port of the nodes to the load balancer, and makes them targets of one of its groups. */
export async function attachNodes(
  { autoScaling, ec2 }: AwsClients,
  { loadBalancerGroup }: Vpc,
  nodes: Nodes,
  port: number,
  targetGroupArn: string,
): Promise<void> {
  const from = [{ GroupId: loadBalancerGroup }]
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: nodes.securityGroup,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: from }],
    }),
  )
  const input = { AutoScalingGroupName: nodes.group, TargetGroupARNs: [targetGroupArn] }
  await autoScaling.send(new AttachLoadBalancerTargetGroupsCommand(input))
}
