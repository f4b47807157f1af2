/** What the API server's version decides beside the resources that it serves (those are in resources.ts). */
export interface Features {
  /** `/openapi/v3`: beta, so on, from 1.24. */
  openApiV3: boolean
  /** The versions of the one discovery document for everything: beta from 1.27, v2 from 1.30. */
  aggregatedDiscovery: ('v2' | 'v2beta1')[]
  /** The documents name the parameter from 1.23 on, so new clients send it … */
  fieldValidationDocumented: boolean
  /** … but until 1.25 the server ignores it, and drops unknown fields without a word. */
  fieldValidation: boolean
}

/** The last patch release of each minor, as `kubectl version` shows it; a minor that is not here is shown as .0. */
const patches: Record<string, number> = {
  '1.21': 14,
  '1.22': 17,
  '1.23': 17,
  '1.24': 17,
  '1.25': 16,
  '1.26': 15,
  '1.27': 16,
}

function minorOf(version: string): number {
  const match = /^1\.(\d+)$/.exec(version)
  if (!match) throw new RangeError(`a Kubernetes version is written like 1.24, not ${version}`)
  return Number(match[1])
}

/** True from `from` on and before `until`. */
export function within(version: string, { from, until }: { from?: string; until?: string }): boolean {
  const minor = minorOf(version)
  return (from === undefined || minor >= minorOf(from)) && (until === undefined || minor < minorOf(until))
}

export function featuresOf(version: string): Features {
  return {
    openApiV3: within(version, { from: '1.24' }),
    aggregatedDiscovery: [
      ...(within(version, { from: '1.30' }) ? (['v2'] as const) : []),
      ...(within(version, { from: '1.27' }) ? (['v2beta1'] as const) : []),
    ],
    fieldValidationDocumented: within(version, { from: '1.23' }),
    fieldValidation: within(version, { from: '1.25' }),
  }
}

/** The body of `/version`; EKS reports its minor with a plus. */
export function versionInfo(version: string) {
  return {
    major: '1',
    minor: `${minorOf(version)}+`,
    gitVersion: `v${version}.${patches[version] ?? 0}-eks-sandbox`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2022-11-15T00:00:00Z',
    goVersion: 'go1.18',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}
