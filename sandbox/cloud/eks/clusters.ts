import { randomBytes } from 'node:crypto'
import type {
  CreateClusterCommandInput,
  CreateClusterCommandOutput,
  DeleteClusterCommandInput,
  DeleteClusterCommandOutput,
  DescribeClusterCommandInput,
  DescribeClusterCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
} from '@aws-sdk/client-eks'
import { callerArn } from '../iam/principal.ts'
import type { Call, Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { bootstrapAdministrator } from './access-entries.ts'
import { clusterArn } from './arns.ts'
import { inUse, invalidParameter, invalidRequest } from './errors.ts'
import { clusterNamed } from './find.ts'
import { insightsFor } from './insights.ts'
import { acceptLogging } from './logging.ts'
import { acceptNetwork, addClusterSecurityGroup, deleteClusterSecurityGroup, serviceRange } from './network.ts'
import { eksPage } from './pages.ts'
import { requireRole } from './roles.ts'
import type { ClusterRecord } from './state.ts'
import { seconds } from './timing.ts'
import { defaultVersion, platformVersion } from './version-operations.ts'
import { offeredVersions } from './versions.ts'

const createCluster: Operation<CreateClusterCommandInput, CreateClusterCommandOutput> = (world, input, call) => {
  const { name: clusterName = '' } = input
  const existing = world.eks.clusters.get(clusterName)
  if (existing && input.clientRequestToken && existing.about.clientRequestToken === input.clientRequestToken) {
    return { cluster: existing.about }
  }
  if (existing) throw inUse(`Cluster already exists with name: ${clusterName}`, { clusterName })
  const cluster = add(world, input, call)
  world.clock.after(seconds.createCluster, () => void activate(world, cluster))
  return { cluster: cluster.about }
}

/** A cluster that was there before the story begins: ACTIVE when this resolves, whatever EKS takes otherwise. */
export async function standingCluster(world: World, input: CreateClusterCommandInput, call: Call): Promise<void> {
  await activate(world, add(world, input, call))
}

function add(world: World, input: CreateClusterCommandInput, call: Call): ClusterRecord {
  const cluster = accept(world, input, call)
  bootstrapAdministrator(world, cluster)
  world.eks.clusters.set(cluster.about.name, cluster)
  return cluster
}

function accept(world: World, input: CreateClusterCommandInput, call: Call): ClusterRecord {
  const { name = '', version = defaultVersion(world), roleArn: role, tags = {} } = input
  if (!/^[0-9A-Za-z][\w-]{0,99}$/.test(name)) {
    throw invalidParameter(`The name '${name}' must have 1 to 100 letters, digits, - and _, and begin with no sign`)
  }
  if (!offeredVersions(world.today).some((offered) => offered.version === version)) {
    throw invalidParameter('unsupported Kubernetes version', { clusterName: name })
  }
  requireRole(world, role)
  const network = acceptNetwork(world, input.resourcesVpcConfig)
  const id = randomBytes(16).toString('hex').toUpperCase()
  const clusterSecurityGroupId = addClusterSecurityGroup(world, name, id, network.vpcId)
  const about: ClusterRecord['about'] = {
    name,
    arn: clusterArn(world, name),
    createdAt: new Date(),
    version,
    roleArn: role,
    resourcesVpcConfig: { ...network, clusterSecurityGroupId },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: input.kubernetesNetworkConfig?.serviceIpv4Cidr ?? serviceRange(world, network.vpcId),
      ipFamily: 'ipv4',
      elasticLoadBalancing: { enabled: false },
    },
    logging: acceptLogging(input.logging),
    status: 'CREATING',
    certificateAuthority: {},
    clientRequestToken: input.clientRequestToken,
    platformVersion,
    tags,
    ...(input.encryptionConfig ? { encryptionConfig: input.encryptionConfig } : {}),
    health: { issues: [] },
    accessConfig: {
      authenticationMode: input.accessConfig?.authenticationMode ?? 'CONFIG_MAP',
      bootstrapClusterCreatorAdminPermissions: input.accessConfig?.bootstrapClusterCreatorAdminPermissions ?? true,
    },
    upgradePolicy: { supportType: input.upgradePolicy?.supportType ?? 'EXTENDED' },
    ...(input.zonalShiftConfig ? { zonalShiftConfig: input.zonalShiftConfig } : {}),
    deletionProtection: input.deletionProtection ?? false,
  }
  const empty = { nodegroups: new Map(), addons: new Map(), accessEntries: new Map(), updates: new Map() }
  return { about, id, creator: callerArn(world, call.accessKeyId), ...empty, insights: [] }
}

async function activate(world: World, cluster: ClusterRecord): Promise<void> {
  const { about, id } = cluster
  if (about.status !== 'CREATING') return
  const endpoint = `https://${id}.gr7.${world.region}.eks.amazonaws.com`
  try {
    const controlPlane = await world.controlPlanes.start({ name: about.name, version: about.version, endpoint })
    about.endpoint = controlPlane.endpoint
    about.certificateAuthority = { data: Buffer.from(controlPlane.certificateAuthority).toString('base64') }
  } catch (error) {
    about.status = 'FAILED'
    about.health = { issues: [{ code: 'InternalFailure', message: String(error) }] }
    return
  }
  about.identity = { oidc: { issuer: `https://oidc.eks.${world.region}.amazonaws.com/id/${id}` } }
  cluster.insights.push(...insightsFor(about.version))
  about.status = 'ACTIVE'
}

const describeCluster: Operation<DescribeClusterCommandInput, DescribeClusterCommandOutput> = (world, input) => ({
  cluster: clusterNamed(world, input.name).about,
})

const listClusters: Operation<ListClustersCommandInput, ListClustersCommandOutput> = (world, input) => {
  const { items, nextToken } = eksPage([...world.eks.clusters.keys()].sort(), input)
  return { clusters: items, nextToken }
}

const deleteCluster: Operation<DeleteClusterCommandInput, DeleteClusterCommandOutput> = (world, input) => {
  const cluster = clusterNamed(world, input.name)
  const { about } = cluster
  const named = { clusterName: about.name }
  if (about.deletionProtection) {
    throw invalidRequest(`Cluster ${about.name} cannot be deleted because deletion protection is enabled`, named)
  }
  if (cluster.nodegroups.size > 0) throw inUse('Cluster has nodegroups attached', named)
  if (about.status === 'CREATING' || about.status === 'UPDATING') {
    throw inUse(`Cluster has an operation in progress: it is ${about.status}`, named)
  }
  if (about.status !== 'DELETING') {
    about.status = 'DELETING'
    world.clock.after(seconds.deleteCluster, () => {
      world.eks.clusters.delete(about.name)
      deleteClusterSecurityGroup(world, about.resourcesVpcConfig.clusterSecurityGroupId)
      void world.controlPlanes.stop(about.name)
    })
  }
  return { cluster: about }
}

export const clusters: Operations = {
  CreateCluster: createCluster,
  DeleteCluster: deleteCluster,
  DescribeCluster: describeCluster,
  ListClusters: listClusters,
}
