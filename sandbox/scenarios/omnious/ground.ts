import { CreateNodegroupCommand, DescribeClusterCommand } from '@aws-sdk/client-eks'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam'
import type { Cluster } from '../../kubernetes/cluster.ts'
import type { Network } from '../../network/network.ts'
import type { AwsClients } from '../aws-clients.ts'
import type { Vpc } from '../network.ts'
import type { Nodes } from '../nodes.ts'
import type { FrontDoorAddress, Site } from '../scenario.ts'

/** What every front door of the scenario stands on. */
export interface Ground {
  readonly aws: AwsClients
  readonly network: Network
  readonly dns: string
  readonly vpc: Vpc
  readonly blue: Cluster
  /** Resolves when blue has its machines. */
  readonly nodes: Promise<Nodes>
  /** Resolves when blue runs the services and both of its controllers. */
  readonly deployed: Promise<void>
}

/** One kind of front door, built: entries of the inventory and front doors by workload. */
export interface Exposed {
  readonly entries: Readonly<Record<string, object>>
  readonly frontDoors: Readonly<Record<string, FrontDoorAddress>>
  readonly targetGroups: readonly string[]
}

/** Blue as its team made it long ago: a cluster of EKS with a node group, and an identity provider for its service accounts. */
export async function createBlue(site: Site, vpc: Vpc): Promise<Nodes> {
  const { aws, clusters } = site
  const { name, version } = clusters.blue
  const [roleArn, nodeRole] = await Promise.all([
    createRole(aws, `${name}-cluster`, 'eks.amazonaws.com'),
    createRole(aws, `${name}-nodes`, 'ec2.amazonaws.com'),
  ])
  const subnets = [...vpc.subnetIds]
  await site.standInEks({ name, version, roleArn, resourcesVpcConfig: { subnetIds: subnets } })
  const { cluster } = await aws.eks.send(new DescribeClusterCommand({ name }))
  const [{ nodegroup }] = await Promise.all([
    aws.eks.send(
      new CreateNodegroupCommand({
        clusterName: name,
        nodegroupName: 'general',
        nodeRole,
        subnets,
        instanceTypes: ['m6i.xlarge'],
        scalingConfig: { minSize: 2, maxSize: 6, desiredSize: 2 },
      }),
    ),
    aws.iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: cluster?.identity?.oidc?.issuer,
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
      }),
    ),
  ])
  return {
    group: nodegroup?.resources?.autoScalingGroups?.[0]?.name ?? '',
    securityGroup: cluster?.resourcesVpcConfig?.clusterSecurityGroupId ?? '',
  }
}

async function createRole({ iam }: AwsClients, RoleName: string, service: string): Promise<string> {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  return Role?.Arn ?? ''
}
