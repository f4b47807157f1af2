/** One Kubernetes minor version of EKS. Days are UTC. */
export interface KubernetesVersion {
  readonly version: string
  readonly released: Date
  readonly endOfStandardSupport: Date
  readonly endOfExtendedSupport: Date
}

export type Support = 'STANDARD_SUPPORT' | 'EXTENDED_SUPPORT' | 'UNSUPPORTED'

// Version, release, end of standard support, end of extended support: https://endoflife.date/amazon-eks (2026-08-22).
const calendar = [
  ['1.21', '2021-07-19', '2023-02-16', '2024-07-15'],
  ['1.22', '2022-04-04', '2023-06-04', '2024-09-01'],
  ['1.23', '2022-08-11', '2023-10-11', '2024-10-11'],
  ['1.24', '2022-11-15', '2024-01-31', '2025-01-31'],
  ['1.25', '2023-02-21', '2024-05-01', '2025-05-01'],
  ['1.26', '2023-04-11', '2024-06-11', '2025-06-11'],
  ['1.27', '2023-05-24', '2024-07-24', '2025-07-24'],
  ['1.28', '2023-09-26', '2024-11-26', '2025-11-26'],
  ['1.29', '2024-01-23', '2025-03-23', '2026-03-23'],
  ['1.30', '2024-05-23', '2025-07-23', '2026-07-23'],
  ['1.31', '2024-09-26', '2025-11-26', '2026-11-26'],
  ['1.32', '2025-01-25', '2026-03-23', '2027-03-23'],
  ['1.33', '2025-05-28', '2026-07-29', '2027-07-29'],
  ['1.34', '2025-10-06', '2026-12-02', '2027-12-02'],
  ['1.35', '2026-01-28', '2027-03-27', '2028-03-27'],
  ['1.36', '2026-06-02', '2027-08-02', '2028-08-02'],
] as const

const versions: readonly KubernetesVersion[] = calendar.map(([version, released, standard, extended]) => ({
  version,
  released: new Date(released),
  endOfStandardSupport: new Date(standard),
  endOfExtendedSupport: new Date(extended),
}))

/** The last day belongs to it. */
export function supportOf(version: KubernetesVersion, today: Date): Support {
  if (dayOf(today) <= dayOf(version.endOfStandardSupport)) return 'STANDARD_SUPPORT'
  return dayOf(today) <= dayOf(version.endOfExtendedSupport) ? 'EXTENDED_SUPPORT' : 'UNSUPPORTED'
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

/** All that were ever released, the newest first, as EKS lists them. */
export const releasedVersions = (today: Date): KubernetesVersion[] =>
  versions.filter(({ released }) => released <= today).toReversed()

/** Those that a cluster can be created on, the newest first. */
export const offeredVersions = (today: Date): KubernetesVersion[] =>
  releasedVersions(today).filter((version) => supportOf(version, today) !== 'UNSUPPORTED')

/** `1.33` → 33 */
export const minorOf = (version: string): number => Number(version.split('.')[1])

/** `1.33` → `1.34` */
export const nextVersion = (version: string): string => `1.${minorOf(version) + 1}`
