import type {
  AddonInfo,
  DescribeAddonVersionsCommandInput,
  DescribeAddonVersionsCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import { catalogue, defaultRelease, worksWith, type CatalogueEntry } from './addon-catalogue.ts'
import { invalidParameter } from './errors.ts'
import { eksPage } from './pages.ts'
import { offeredVersions } from './versions.ts'

/** Without a Kubernetes version: for all that are offered. The newest version of an add-on comes first. */
const describeAddonVersions: Operation<DescribeAddonVersionsCommandInput, DescribeAddonVersionsCommandOutput> = (
  world,
  input,
) => {
  const { addonName, kubernetesVersion } = input
  const offered = offeredVersions(world.today).map(({ version }) => version)
  if (addonName !== undefined && !catalogue.some(({ name }) => name === addonName)) {
    throw invalidParameter(`Addon ${addonName} specified is not supported`, { addonName })
  }
  const isWanted = (wanted: readonly string[] | undefined, value: string) => !wanted?.length || wanted.includes(value)
  const found = catalogue
    .filter(({ name, type }) => (addonName === undefined || name === addonName) && isWanted(input.types, type))
    .filter(() => isWanted(input.owners, 'aws') && isWanted(input.publishers, 'eks'))
    .map((entry) => describe(entry, kubernetesVersion === undefined ? offered : [kubernetesVersion]))
    .filter(({ addonVersions }) => addonVersions?.length)
  const { items, nextToken } = eksPage(found, input)
  return { addons: items, nextToken }
}

function describe(entry: CatalogueEntry, kubernetesVersions: readonly string[]): AddonInfo {
  const addonVersions = entry.releases.toReversed().flatMap((release) => {
    const compatibilities = kubernetesVersions
      .filter((clusterVersion) => worksWith(release, clusterVersion))
      .map((clusterVersion) => ({
        clusterVersion,
        platformVersions: ['*'],
        defaultVersion: defaultRelease(entry, clusterVersion) === release,
      }))
    if (compatibilities.length === 0) return []
    return {
      addonVersion: release.version,
      architecture: ['amd64', 'arm64'],
      compatibilities,
      requiresConfiguration: false,
      requiresIamPermissions: entry.requiresIamPermissions,
    }
  })
  return { addonName: entry.name, type: entry.type, addonVersions, publisher: 'eks', owner: 'aws' }
}

export const addonVersions: Operations = { DescribeAddonVersions: describeAddonVersions }
