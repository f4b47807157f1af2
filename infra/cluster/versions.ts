import type { Aws } from '../aws/clients.ts'

/** One version of Kubernetes as EKS offers it now; instants in milliseconds. */
export interface OfferedVersion {
  readonly version: string
  readonly support: 'standard' | 'extended'
  readonly endOfStandardSupport: number | null
  readonly endOfExtendedSupport: number | null
}

/** US dollars per cluster and hour, since 2024-04-01: https://aws.amazon.com/eks/pricing/ */
export const hourlyPrice = { standard: 0.1, extended: 0.6 } as const

const hoursPerMonth = 730

/** What is to be said of a version before a cluster is built with it. */
export type VersionVerdict =
  | { readonly verdict: 'offered'; readonly warning: string | null }
  | { readonly verdict: 'not-offered'; readonly sentence: string; readonly offered: readonly string[] }

/** Pure. `offered`: everything that a cluster can be created with today. */
export function judgeVersion(wanted: string, offered: readonly OfferedVersion[]): VersionVerdict {
  const found = offered.find(({ version }) => version === wanted)
  if (found) return { verdict: 'offered', warning: found.support === 'extended' ? extendedWarning(found) : null }
  const versions = offered.map(({ version }) => version).sort(byMinor)
  const sentence =
    `EKS does not offer Kubernetes ${wanted} any more, or not yet: ` +
    (versions.length > 0 ? `it offers ${versions.join(', ')}` : 'it offers no version at all')
  return { verdict: 'not-offered', sentence, offered: versions }
}

function extendedWarning({ version, endOfStandardSupport, endOfExtendedSupport }: OfferedVersion): string {
  const { standard, extended } = hourlyPrice
  const more = Math.round((extended - standard) * hoursPerMonth)
  return (
    `Kubernetes ${version} is in extended support: standard support ended on ${dayOf(endOfStandardSupport)}, extended ` +
    `support ends on ${dayOf(endOfExtendedSupport)}. A cluster costs $${extended.toFixed(2)} an hour instead of ` +
    `$${standard.toFixed(2)}, $${more} a month more.`
  )
}

const dayOf = (instant: number | null): string =>
  instant === null ? 'an unknown day' : new Date(instant).toISOString().slice(0, 10)

const minorOf = (version: string): number => Number(version.split('.')[1])
const byMinor = (a: string, b: string): number => minorOf(a) - minorOf(b)

/** What DescribeClusterVersions lists without a filter: standard and extended support. */
export async function offeredVersions(aws: Aws): Promise<OfferedVersion[]> {
  const { paginateDescribeClusterVersions } = await import('@aws-sdk/client-eks')
  const versions: OfferedVersion[] = []
  for await (const { clusterVersions = [] } of paginateDescribeClusterVersions({ client: await aws.eks() }, {})) {
    for (const one of clusterVersions) {
      if (!one.clusterVersion || one.versionStatus === 'UNSUPPORTED') continue
      versions.push({
        version: one.clusterVersion,
        support: one.versionStatus === 'EXTENDED_SUPPORT' ? 'extended' : 'standard',
        endOfStandardSupport: one.endOfStandardSupportDate?.getTime() ?? null,
        endOfExtendedSupport: one.endOfExtendedSupportDate?.getTime() ?? null,
      })
    }
  }
  return versions
}

/** The version of an add-on that EKS would install on this version of Kubernetes; null: it has none. */
export async function defaultAddonVersion(addonName: string, version: string, aws: Aws): Promise<string | null> {
  const { DescribeAddonVersionsCommand } = await import('@aws-sdk/client-eks')
  const client = await aws.eks()
  const { addons = [] } = await client.send(new DescribeAddonVersionsCommand({ addonName, kubernetesVersion: version }))
  const versions = addons.flatMap((addon) => addon.addonVersions ?? [])
  const chosen = versions.find(({ compatibilities = [] }) =>
    compatibilities.some((one) => one.clusterVersion === version && one.defaultVersion),
  )
  return chosen?.addonVersion ?? null
}
