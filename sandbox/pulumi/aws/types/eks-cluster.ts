import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  type Cluster,
  type CreateClusterCommandInput,
  type LogType,
  type UpdateClusterConfigCommandInput,
} from '@aws-sdk/client-eks'
import type { eks } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { eksTagging } from '../tags.ts'
import { clusterSchema } from './eks-cluster-schema.ts'
import { untilUpdated } from './eks-updates.ts'

type State = Unwrap<eks.ClusterState>
type NetworkConfig = CreateClusterCommandInput['kubernetesNetworkConfig']

/** The official provider's own time-outs. */
const creationSeconds = 30 * 60
const deletionSeconds = 15 * 60

const missing = 'ResourceNotFound'

export const eksCluster = resourceType<State>({
  token: 'aws:eks/cluster:Cluster',
  label: 'EKS Cluster',
  tagging: eksTagging('arn'),
  schema: clusterSchema,

  async create(aws, planned) {
    const command = new CreateClusterCommand(creation(planned))
    // A role that has just been made may not be known yet.
    const { cluster } = await poll(
      { signal: aws.signal, timeoutSeconds: 120, what: 'IAM' },
      () => aws.eks(command),
      (error) => hasCode(error, 'InvalidParameter') && /does not exist|not be assumed/i.test(error.awsMessage),
    )
    return cluster?.name ?? ''
  },

  async complete(aws, id) {
    await poll({ signal: aws.signal, timeoutSeconds: creationSeconds, what: `cluster ${id}` }, async () => {
      const { cluster } = await aws.eks(new DescribeClusterCommand({ name: id }))
      if (cluster?.status === 'FAILED')
        throw new Error(`unexpected state 'FAILED', wanted target 'ACTIVE'. last error: ${issuesOf(cluster)}`)
      return cluster?.status === 'ACTIVE' ? id : undefined
    })
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.eks(new DescribeClusterCommand({ name: id })), missing)
    return found?.cluster && fromCluster(found.cluster, prior)
  },

  async update(aws, id, planned, changed) {
    if (changed.has('version')) {
      const force = planned.forceUpdateVersion
      const { update } = await aws.eks(
        new UpdateClusterVersionCommand({ name: id, version: planned.version, ...(force && { force }) }),
      )
      await untilUpdated(aws, { name: id }, update)
    }
    for (const change of configChanges(planned, changed)) {
      // What EKS has already is no failure: part of a change may have been made before.
      const answer = await aws.eks(new UpdateClusterConfigCommand({ name: id, ...change })).catch((error: unknown) => {
        if (hasCode(error, 'InvalidParameter') && error.awsMessage.startsWith('No changes needed')) return undefined
        throw error
      })
      if (answer) await untilUpdated(aws, { name: id }, answer.update)
    }
  },

  async delete(aws, id) {
    await remove(aws, id)
    await poll({ signal: aws.signal, timeoutSeconds: deletionSeconds, what: `cluster ${id} to go away` }, async () => {
      const found = await unlessMissing(aws.eks(new DescribeClusterCommand({ name: id })), missing)
      return found ? undefined : id
    })
  },
})

/** A cluster whose node groups or updates are still on their way out is asked again. */
async function remove(aws: Aws, id: string): Promise<void> {
  const command = new DeleteClusterCommand({ name: id })
  await poll(
    { signal: aws.signal, timeoutSeconds: deletionSeconds, what: `cluster ${id} to go away` },
    async () => (await unlessMissing(aws.eks(command), missing)) ?? 'gone',
    (error) => hasCode(error, 'ResourceInUse') && error.awsMessage.includes('in progress'),
  )
}

function creation(planned: State): CreateClusterCommandInput {
  const { accessConfig, encryptionConfig, kubernetesNetworkConfig: network, vpcConfig, upgradePolicy } = planned
  return {
    name: planned.name,
    roleArn: planned.roleArn,
    version: planned.version,
    bootstrapSelfManagedAddons: planned.bootstrapSelfManagedAddons,
    resourcesVpcConfig: {
      subnetIds: vpcConfig?.subnetIds,
      ...(vpcConfig?.securityGroupIds?.length && { securityGroupIds: vpcConfig.securityGroupIds }),
      endpointPrivateAccess: vpcConfig?.endpointPrivateAccess ?? false,
      endpointPublicAccess: vpcConfig?.endpointPublicAccess ?? true,
      ...(vpcConfig?.publicAccessCidrs?.length && { publicAccessCidrs: vpcConfig.publicAccessCidrs }),
    },
    ...(accessConfig && { accessConfig: accessConfig as CreateClusterCommandInput['accessConfig'] }),
    ...(encryptionConfig && { encryptionConfig: [encryptionConfig] }),
    ...(network && {
      kubernetesNetworkConfig: {
        ipFamily: network.ipFamily,
        serviceIpv4Cidr: network.serviceIpv4Cidr,
      } as NetworkConfig,
    }),
    ...(planned.enabledClusterLogTypes?.length && { logging: logging(planned.enabledClusterLogTypes) }),
    ...(upgradePolicy && { upgradePolicy: upgradePolicy as CreateClusterCommandInput['upgradePolicy'] }),
    ...(planned.zonalShiftConfig && { zonalShiftConfig: planned.zonalShiftConfig }),
    deletionProtection: planned.deletionProtection,
    tags: planned.tagsAll,
  }
}

const logTypes: readonly LogType[] = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']

/** What is not wanted has to be said as well. */
function logging(enabled: readonly string[]) {
  const isOn = (type: LogType) => enabled.includes(type)
  const [on, off] = [logTypes.filter(isOn), logTypes.filter((type) => !isOn(type))]
  return { clusterLogging: [...(on.length ? [{ types: on, enabled: true }] : []), ...off.map(disabled)] }
}

const disabled = (type: LogType) => ({ types: [type], enabled: false })

type Change = Omit<UpdateClusterConfigCommandInput, 'name'>

/** EKS takes one kind of change at a time. */
function configChanges(planned: State, changed: ReadonlySet<keyof State>): Change[] {
  const { accessConfig, deletionProtection, enabledClusterLogTypes = [], upgradePolicy, vpcConfig } = planned
  const { endpointPrivateAccess, endpointPublicAccess, publicAccessCidrs, securityGroupIds, subnetIds } =
    vpcConfig ?? {}
  const authenticationMode = accessConfig?.authenticationMode
  const perProperty: Partial<Record<keyof State, Change[]>> = {
    accessConfig: [{ accessConfig: { authenticationMode } } as Change],
    deletionProtection: [{ deletionProtection }],
    enabledClusterLogTypes: [{ logging: logging(enabledClusterLogTypes) }],
    upgradePolicy: [{ upgradePolicy } as Change],
    vpcConfig: [
      {
        resourcesVpcConfig: {
          endpointPrivateAccess,
          endpointPublicAccess,
          ...(publicAccessCidrs?.length && { publicAccessCidrs }),
        },
      },
      { resourcesVpcConfig: { subnetIds, securityGroupIds } },
    ],
    zonalShiftConfig: [{ zonalShiftConfig: planned.zonalShiftConfig }],
  }
  return Object.entries(perProperty).flatMap(([name, changes]) => (changed.has(name as keyof State) ? changes : []))
}

function fromCluster(cluster: Cluster, prior: State): State {
  const { kubernetesNetworkConfig: network, resourcesVpcConfig: place, logging, identity, accessConfig } = cluster
  const enabled = logging?.clusterLogging?.filter((each) => each.enabled).flatMap(({ types = [] }) => types) ?? []
  return {
    accessConfig: {
      authenticationMode: accessConfig?.authenticationMode ?? '',
      // EKS answers it for nobody but the creator, at creation.
      bootstrapClusterCreatorAdminPermissions:
        prior.accessConfig?.bootstrapClusterCreatorAdminPermissions ??
        accessConfig?.bootstrapClusterCreatorAdminPermissions,
    },
    arn: cluster.arn,
    bootstrapSelfManagedAddons: prior.bootstrapSelfManagedAddons ?? true,
    certificateAuthority: { data: cluster.certificateAuthority?.data ?? '' },
    createdAt: cluster.createdAt?.toISOString(),
    deletionProtection: cluster.deletionProtection ?? false,
    defaultAddonsToRemoves: prior.defaultAddonsToRemoves,
    enabledClusterLogTypes: enabled,
    ...(cluster.encryptionConfig?.[0] && {
      encryptionConfig: cluster.encryptionConfig[0] as State['encryptionConfig'],
    }),
    endpoint: cluster.endpoint,
    forceUpdateVersion: prior.forceUpdateVersion,
    identities: [{ oidcs: identity?.oidc?.issuer === undefined ? [] : [{ issuer: identity.oidc.issuer }] }],
    kubernetesNetworkConfig: {
      elasticLoadBalancing: { enabled: network?.elasticLoadBalancing?.enabled ?? false },
      ipFamily: network?.ipFamily,
      serviceIpv4Cidr: network?.serviceIpv4Cidr,
      serviceIpv6Cidr: network?.serviceIpv6Cidr ?? '',
    },
    name: cluster.name,
    platformVersion: cluster.platformVersion,
    roleArn: cluster.roleArn,
    status: cluster.status,
    upgradePolicy: { supportType: cluster.upgradePolicy?.supportType ?? '' },
    version: cluster.version,
    vpcConfig: {
      clusterSecurityGroupId: place?.clusterSecurityGroupId ?? '',
      endpointPrivateAccess: place?.endpointPrivateAccess ?? false,
      endpointPublicAccess: place?.endpointPublicAccess ?? false,
      publicAccessCidrs: place?.publicAccessCidrs ?? [],
      securityGroupIds: place?.securityGroupIds ?? [],
      subnetIds: place?.subnetIds ?? [],
      vpcId: place?.vpcId ?? '',
    },
    ...(cluster.zonalShiftConfig && { zonalShiftConfig: { enabled: cluster.zonalShiftConfig.enabled ?? false } }),
  }
}

function issuesOf({ health }: Cluster): string {
  return (health?.issues ?? []).map(({ code, message }) => `${code}: ${message}`).join(', ')
}
