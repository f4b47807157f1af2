import { containsUnknown, isObject, isPresent, reveal, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { child, given, member, properties, refuse, textOf, type Component, type Construction } from './component.ts'
import { references } from './references.ts'

/** What would need a machine image or start-up data of its own. */
const unsupported = [
  'amiId',
  'bootstrapExtraArgs',
  'bottlerocketSettings',
  'enableEfaSupport',
  'gpu',
  'kubeletExtraArgs',
  'nodeadmExtraOptions',
  'placementGroupAvailabilityZone',
  'userData',
]

/** `eks:index:ManagedNodeGroup`. */
export const managedNodeGroup: Component = async (construction) => {
  const { name, args } = construction
  refuse(args, unsupported)
  const core = await coreOf(construction)
  const cluster = await properties(construction, core.cluster)
  const template = await launchTemplate(construction)
  const nodeGroup = await child(construction, {
    type: 'aws:eks/nodeGroup:NodeGroup',
    name,
    inputs: given({
      amiType: args.amiType ?? amiTypeOf(args),
      capacityType: args.capacityType,
      clusterName: args.clusterName ?? cluster.name,
      diskSize: template ? undefined : args.diskSize,
      forceUpdateVersion: args.forceUpdateVersion,
      instanceTypes: args.instanceTypes,
      labels: args.labels,
      launchTemplate: template ?? args.launchTemplate,
      nodeGroupName: args.nodeGroupName,
      nodeGroupNamePrefix: args.nodeGroupNamePrefix,
      nodeRoleArn: await roleArnOf(construction),
      releaseVersion: args.releaseVersion,
      remoteAccess: args.remoteAccess,
      scalingConfig: scalingOf(args.scalingConfig),
      subnetIds: args.subnetIds ?? core.subnetIds ?? core.privateSubnetIds ?? core.publicSubnetIds,
      tags: args.tags,
      taints: args.taints,
      version: args.version,
    }),
    dependsOn: references([core.cluster, args.nodeRole]),
    ...(args.ignoreScalingChanges === true && { ignoreChanges: ['scalingConfig.desiredSize'] }),
  })
  return { nodeGroup: nodeGroup.reference, placementGroupName: '' }
}

/** The cluster may be given whole or by its core. */
async function coreOf(construction: Construction): Promise<Properties> {
  const cluster = await properties(construction, construction.args.cluster)
  return isPresent(cluster.core) ? properties(construction, cluster.core) : cluster
}

async function roleArnOf(construction: Construction): Promise<Value | undefined> {
  const { nodeRole, nodeRoleArn } = construction.args
  if (isPresent(nodeRole) && isPresent(nodeRoleArn))
    throw new Error('nodeRole and nodeRoleArn are mutually exclusive to create a managed node group')
  if (isPresent(nodeRoleArn)) return nodeRoleArn
  if (isPresent(nodeRole)) return (await properties(construction, nodeRole)).arn ?? UNKNOWN
  throw new Error('An IAM role, or role ARN must be provided to create a managed node group')
}

/** The component's own defaults, not EKS's. */
function scalingOf(wanted: Value | undefined): Value {
  const known = wanted === undefined ? undefined : reveal(wanted)
  if (known === UNKNOWN) return UNKNOWN
  const { desiredSize = 2, minSize = 1, maxSize = 2 } = isObject(known) ? known : {}
  return { desiredSize, minSize, maxSize }
}

async function launchTemplate(construction: Construction): Promise<Properties | undefined> {
  const { name, args } = construction
  if (args.enableIMDSv2 !== true) return undefined
  if (isPresent(args.launchTemplate))
    throw new Error('If you provide a custom launch template, you cannot provide enableIMDSv2.')
  const template = await child(construction, {
    type: 'aws:ec2/launchTemplate:LaunchTemplate',
    name: `${name}-launchTemplate`,
    inputs: given({
      blockDeviceMappings: isPresent(args.diskSize)
        ? [{ deviceName: '/dev/xvda', ebs: { volumeSize: args.diskSize } }]
        : undefined,
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled' },
    }),
  })
  const { latestVersion = UNKNOWN } = template.outputs
  return { id: template.id, version: latestVersion === UNKNOWN ? UNKNOWN : textOf(latestVersion) }
}

/** By operating system and architecture. */
const amiTypes: Readonly<Record<string, readonly [intel: string, arm: string]>> = {
  AL2: ['AL2_x86_64', 'AL2_ARM_64'],
  AL2023: ['AL2023_x86_64_STANDARD', 'AL2023_ARM_64_STANDARD'],
  Bottlerocket: ['BOTTLEROCKET_x86_64', 'BOTTLEROCKET_ARM_64'],
  RECOMMENDED: ['AL2023_x86_64_STANDARD', 'AL2023_ARM_64_STANDARD'],
}

/** Neither said: EKS chooses. */
function amiTypeOf({ operatingSystem, instanceTypes }: Properties): Value | undefined {
  if (!isPresent(operatingSystem)) return undefined
  if (containsUnknown(operatingSystem) || containsUnknown(instanceTypes)) return UNKNOWN
  const types = amiTypes[textOf(member(operatingSystem))]
  if (!types) throw new Error(`unknown operating system ${JSON.stringify(operatingSystem)}`)
  const first = member(instanceTypes, 0)
  return types[typeof first === 'string' && /^[a-z]+\d+g/.test(first) ? 1 : 0]
}
