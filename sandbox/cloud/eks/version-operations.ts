import type {
  ClusterVersionInformation,
  DescribeClusterVersionsCommandInput,
  DescribeClusterVersionsCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { eksPage } from './pages.ts'
import { offeredVersions, releasedVersions, supportOf, type KubernetesVersion } from './versions.ts'

/** The one form of its clusters' platform that the sandbox knows. */
export const platformVersion = 'eks.1'

/** Without a filter: those that are offered. `includeAll` adds those that no cluster can be created on any more. */
const describeClusterVersions: Operation<DescribeClusterVersionsCommandInput, DescribeClusterVersionsCommandOutput> = (
  world,
  input,
) => {
  const wanted = input.clusterVersions ?? []
  const status = input.versionStatus ?? input.status?.replace('-', '_').toUpperCase()
  const everyVersion = Boolean(input.includeAll) || wanted.length > 0 || status !== undefined
  const found = (everyVersion ? releasedVersions(world.today) : offeredVersions(world.today))
    .filter(({ version }) => wanted.length === 0 || wanted.includes(version))
    .filter((version) => status === undefined || supportOf(version, world.today) === status)
    .map((version) => describe(world, version))
    .filter(({ defaultVersion }) => !input.defaultOnly || defaultVersion)
  const { items, nextToken } = eksPage(found, input)
  return { clusterVersions: items, nextToken }
}

function describe(world: World, version: KubernetesVersion): ClusterVersionInformation {
  const support = supportOf(version, world.today)
  return {
    clusterVersion: version.version,
    clusterType: 'eks',
    defaultPlatformVersion: platformVersion,
    defaultVersion: version.version === defaultVersion(world),
    releaseDate: version.released,
    endOfStandardSupportDate: version.endOfStandardSupport,
    endOfExtendedSupportDate: version.endOfExtendedSupport,
    status:
      support === 'UNSUPPORTED'
        ? 'unsupported'
        : support === 'STANDARD_SUPPORT'
          ? 'standard-support'
          : 'extended-support',
    versionStatus: support,
    kubernetesPatchVersion: `${version.version}.0`,
  }
}

/** Of clusters that ask for none. AWS moves it some weeks after a release; here it is the newest at once. */
export const defaultVersion = (world: World): string => offeredVersions(world.today)[0]?.version ?? ''

export const versionOperations: Operations = { DescribeClusterVersions: describeClusterVersions }
