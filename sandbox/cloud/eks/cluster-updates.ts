import { isDeepStrictEqual } from 'node:util'
import type {
  AuthenticationMode,
  UpdateClusterConfigCommandInput,
  UpdateClusterConfigCommandOutput,
  UpdateClusterVersionCommandInput,
  UpdateClusterVersionCommandOutput,
  UpdateType,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { invalidParameter } from './errors.ts'
import { activeCluster } from './find.ts'
import { insightsFor } from './insights.ts'
import { acceptLogging } from './logging.ts'
import { acceptEndpointAccess, requireSecurityGroups, requireSubnets } from './network.ts'
import type { ClusterRecord } from './state.ts'
import { seconds } from './timing.ts'
import { startUpdate, type Params } from './updates.ts'
import { nextVersion, offeredVersions } from './versions.ts'

type About = ClusterRecord['about']
type Input = UpdateClusterConfigCommandInput

/** One kind of change: what a request for it would make of the cluster. Only one may be asked for at a time. */
interface Change {
  readonly type: UpdateType
  readonly noun: string
  readonly asked: (input: Input) => boolean
  readonly apply: (world: World, about: About, input: Input) => Partial<About>
  readonly params: (after: Partial<About>, input: Input) => Params
}

const changes: readonly Change[] = [
  {
    type: 'EndpointAccessUpdate',
    noun: 'endpoint',
    asked: ({ resourcesVpcConfig: network }) =>
      [network?.endpointPublicAccess, network?.endpointPrivateAccess, network?.publicAccessCidrs].some(isGiven),
    apply: (_world, { resourcesVpcConfig: now }, { resourcesVpcConfig: wanted }) => ({
      resourcesVpcConfig: { ...now, ...acceptEndpointAccess(now, wanted) },
    }),
    params: ({ resourcesVpcConfig: network }) => ({
      EndpointPublicAccess: network?.endpointPublicAccess,
      EndpointPrivateAccess: network?.endpointPrivateAccess,
      PublicAccessCidrs: network?.publicAccessCidrs,
    }),
  },
  {
    type: 'VpcConfigUpdate',
    noun: 'VPC',
    asked: ({ resourcesVpcConfig: network }) => [network?.subnetIds, network?.securityGroupIds].some(isGiven),
    apply: (world, { resourcesVpcConfig: now }, { resourcesVpcConfig: wanted }) => {
      const subnetIds = wanted?.subnetIds ?? now.subnetIds
      const securityGroupIds = wanted?.securityGroupIds ?? now.securityGroupIds
      const vpcId = requireSubnets(world, subnetIds)
      if (vpcId !== now.vpcId) throw invalidParameter(`Provided subnets belong to a different VPC than ${now.vpcId}`)
      requireSecurityGroups(world, vpcId, securityGroupIds)
      return { resourcesVpcConfig: { ...now, subnetIds, securityGroupIds } }
    },
    params: ({ resourcesVpcConfig: network }) => ({
      Subnets: network?.subnetIds,
      SecurityGroups: network?.securityGroupIds,
    }),
  },
  {
    type: 'LoggingUpdate',
    noun: 'logging',
    asked: ({ logging }) => isGiven(logging),
    apply: (_world, about, { logging }) => ({ logging: acceptLogging(logging, about.logging) }),
    params: (_after, { logging }) => ({ ClusterLogging: logging }),
  },
  {
    type: 'AccessConfigUpdate',
    noun: 'access',
    asked: ({ accessConfig }) => isGiven(accessConfig),
    apply: (_world, { accessConfig: now }, { accessConfig: wanted }) => {
      const authenticationMode = acceptMode(now.authenticationMode, wanted?.authenticationMode)
      return { accessConfig: { ...now, authenticationMode } }
    },
    params: ({ accessConfig }) => ({ AuthenticationMode: accessConfig?.authenticationMode }),
  },
  {
    type: 'UpgradePolicyUpdate',
    noun: 'upgrade policy',
    asked: ({ upgradePolicy }) => isGiven(upgradePolicy),
    apply: (_world, { upgradePolicy: now }, { upgradePolicy: wanted }) => ({ upgradePolicy: { ...now, ...wanted } }),
    params: ({ upgradePolicy }) => ({ UpgradePolicy: upgradePolicy }),
  },
  {
    type: 'ZonalShiftConfigUpdate',
    noun: 'zonal shift',
    asked: ({ zonalShiftConfig }) => isGiven(zonalShiftConfig),
    apply: (_world, _about, { zonalShiftConfig }) => ({ zonalShiftConfig }),
    params: ({ zonalShiftConfig }) => ({ ZonalShiftConfig: zonalShiftConfig }),
  },
  {
    type: 'DeletionProtectionUpdate',
    noun: 'deletion protection',
    asked: ({ deletionProtection }) => isGiven(deletionProtection),
    apply: (_world, _about, { deletionProtection }) => ({ deletionProtection }),
    params: ({ deletionProtection }) => ({ DeletionProtection: deletionProtection }),
  },
]

function isGiven(value: unknown): boolean {
  return value !== undefined
}

// A cluster can be moved on to access entries, and never back.
const modes: readonly AuthenticationMode[] = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API']

function acceptMode(from: AuthenticationMode | undefined, to: AuthenticationMode | undefined): AuthenticationMode {
  const [now, then] = [from, to].map((mode) => modes.findIndex((known) => known === mode)) as [number, number]
  const mode = modes[then]
  if (mode && (then === now || then === now + 1)) return mode
  throw invalidParameter(`Unsupported authentication mode update from ${from} to ${to}`)
}

const updateClusterConfig: Operation<UpdateClusterConfigCommandInput, UpdateClusterConfigCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.name)
  const { about } = cluster
  const [change, ...more] = changes.filter(({ asked }) => asked(input))
  if (!change) throw invalidParameter('No update that the sandbox serves is in the request')
  if (more.length > 0) throw invalidParameter('Only one type of update can be allowed.')
  const after = change.apply(world, about, input)
  if (isDeepStrictEqual({ ...about, ...after }, about)) {
    throw invalidParameter(`No changes needed for the ${change.noun} config provided`, { clusterName: about.name })
  }
  const update = startUpdate(world, cluster, {
    type: change.type,
    params: change.params(after, input),
    seconds: seconds.updateCluster,
    end: () => Object.assign(about, after, { status: 'ACTIVE' }),
  })
  about.status = 'UPDATING'
  return { update }
}

/** One minor version at a time. */
const updateClusterVersion: Operation<UpdateClusterVersionCommandInput, UpdateClusterVersionCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.name)
  const { about } = cluster
  const { version = '' } = input
  if (!offeredVersions(world.today).some((offered) => offered.version === version)) {
    throw invalidParameter('unsupported Kubernetes version', { clusterName: about.name })
  }
  if (version !== nextVersion(about.version)) {
    const message = `Unsupported Kubernetes minor version update from ${about.version} to ${version}`
    throw invalidParameter(message, { clusterName: about.name })
  }
  const update = startUpdate(world, cluster, {
    type: 'VersionUpdate',
    params: { Version: version, PlatformVersion: about.platformVersion },
    seconds: seconds.updateVersion,
    end: () => {
      Object.assign(about, { version, status: 'ACTIVE' })
      cluster.insights.splice(0, Infinity, ...insightsFor(version))
    },
  })
  about.status = 'UPDATING'
  return { update }
}

export const clusterUpdates: Operations = {
  UpdateClusterConfig: updateClusterConfig,
  UpdateClusterVersion: updateClusterVersion,
}
