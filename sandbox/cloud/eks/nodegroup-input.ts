import { randomUUID } from 'node:crypto'
import type { AMITypes, CreateNodegroupCommandInput, NodegroupScalingConfig } from '@aws-sdk/client-eks'
import type { World } from '../world.ts'
import { partArn } from './arns.ts'
import { invalidParameter } from './errors.ts'
import { acceptLaunchTemplate } from './machines.ts'
import { requireRole } from './roles.ts'
import type { ClusterRecord, NodegroupRecord } from './state.ts'
import { minorOf } from './versions.ts'

/** The node group that a request describes, with EKS's defaults. */
export function acceptNodegroup(
  world: World,
  cluster: ClusterRecord,
  input: CreateNodegroupCommandInput,
): NodegroupRecord {
  const { nodegroupName = '', subnets = [], version = cluster.about.version } = input
  if (!/^[0-9A-Za-z][\w-]{0,62}$/.test(nodegroupName)) {
    throw invalidParameter(`The nodegroup name '${nodegroupName}' must have 1 to 63 letters, digits, - and _`)
  }
  requireRole(world, input.nodeRole)
  requireSubnetsOfCluster(world, cluster, subnets)
  requireVersion(cluster, version)
  const launchTemplate = acceptLaunchTemplate(world, input)
  const own = launchTemplate === undefined
  const uuid = randomUUID()
  const group = `eks-${nodegroupName}-${uuid}`
  const about: NodegroupRecord['about'] = {
    nodegroupName,
    nodegroupArn: partArn(world, 'nodegroup', cluster.about.name, nodegroupName),
    clusterName: cluster.about.name,
    version,
    releaseVersion: input.releaseVersion ?? releaseOf(version),
    createdAt: new Date(),
    modifiedAt: new Date(),
    status: 'CREATING',
    capacityType: input.capacityType ?? 'ON_DEMAND',
    scalingConfig: acceptScaling({ minSize: 1, maxSize: 2, desiredSize: 2 }, input.scalingConfig),
    // A launch template may say the rest.
    ...(input.instanceTypes || own ? { instanceTypes: input.instanceTypes ?? ['t3.medium'] } : {}),
    ...(input.diskSize !== undefined || own ? { diskSize: input.diskSize ?? 20 } : {}),
    subnets,
    amiType: input.amiType ?? defaultAmi(version),
    nodeRole: input.nodeRole,
    labels: input.labels ?? {},
    ...(input.taints ? { taints: input.taints } : {}),
    ...(input.remoteAccess ? { remoteAccess: input.remoteAccess } : {}),
    ...(launchTemplate ? { launchTemplate } : {}),
    resources: { autoScalingGroups: [{ name: group }] },
    health: { issues: [] },
    updateConfig: input.updateConfig ?? { maxUnavailable: 1 },
    tags: input.tags ?? {},
  }
  return { about, group, template: `eks-${uuid}` }
}

/** Amazon Linux 2023 from 1.30 on. */
const defaultAmi = (version: string): AMITypes => (minorOf(version) >= 30 ? 'AL2023_x86_64_STANDARD' : 'AL2_x86_64')

/** The release of the AMI: in EKS's form, always of the same day. */
export const releaseOf = (version: string): string => `${version}.0-20240101`

export function acceptScaling(now: NodegroupScalingConfig, wanted: NodegroupScalingConfig | undefined) {
  const minSize = wanted?.minSize ?? now.minSize ?? 0
  const maxSize = wanted?.maxSize ?? now.maxSize ?? 0
  const desiredSize = wanted?.desiredSize ?? now.desiredSize ?? 0
  if (minSize > maxSize)
    throw invalidParameter(`Minimum capacity ${minSize} can't be greater than maximum size ${maxSize}`)
  if (desiredSize > maxSize)
    throw invalidParameter(`Desired capacity ${desiredSize} can't be greater than max size ${maxSize}`)
  if (minSize > desiredSize) {
    throw invalidParameter(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`)
  }
  if (maxSize < 1) throw invalidParameter('Maximum size must be 1 or more')
  return { minSize, maxSize, desiredSize }
}

function requireSubnetsOfCluster(world: World, cluster: ClusterRecord, ids: readonly string[]): void {
  if (ids.length === 0) throw invalidParameter('Subnets are not specified.')
  const { vpcId } = cluster.about.resourcesVpcConfig
  const stranger = ids.find((id) => world.ec2.subnets.get(id)?.VpcId !== vpcId)
  if (stranger) throw invalidParameter(`The subnet ID '${stranger}' does not exist in the VPC of the cluster`)
}

/** Kubelets may be behind the API server, by two minor versions before 1.25 and by three from then on, and never ahead. */
export function requireVersion(cluster: ClusterRecord, version: string): void {
  const { version: clusterVersion, name: clusterName } = cluster.about
  const behind = minorOf(clusterVersion) - minorOf(version)
  if (behind >= 0 && behind <= (minorOf(version) >= 25 ? 3 : 2)) return
  const message = `Nodegroup Kubernetes version ${version} is not compatible with cluster version ${clusterVersion}`
  throw invalidParameter(message, { clusterName })
}
