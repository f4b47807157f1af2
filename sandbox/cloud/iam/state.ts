/** Documents are kept as they were written, not as IAM answers them (percent-encoded). */
export interface RoleRecord {
  readonly name: string
  readonly id: string
  readonly path: string
  readonly createdAt: Date
  trustPolicy: string
  description: string | undefined
  maxSessionSeconds: number
  readonly inlinePolicies: Map<string, string>
  /** ARN → name. */
  readonly attachedPolicies: Map<string, string>
  readonly tags: Map<string, string>
}

export interface PolicyVersionRecord {
  /** `v1`, `v2`, … */
  readonly id: string
  readonly document: string
  readonly createdAt: Date
}

/** A managed policy of the account. */
export interface PolicyRecord {
  readonly name: string
  readonly id: string
  readonly arn: string
  readonly path: string
  readonly description: string | undefined
  readonly createdAt: Date
  /** In the order of their creation. */
  readonly versions: PolicyVersionRecord[]
  defaultVersionId: string
  /** The number of the newest that there ever was. */
  lastVersion: number
  readonly tags: Map<string, string>
}

/** An issuer whose tokens IAM trusts, such as a cluster's for its service accounts. */
export interface OidcProviderRecord {
  readonly arn: string
  /** Without its scheme. */
  readonly url: string
  readonly createdAt: Date
  /** Audiences. */
  readonly clientIds: Set<string>
  thumbprints: readonly string[]
  readonly tags: Map<string, string>
}

/** Who calls with credentials that STS gave out. */
interface SessionRecord {
  readonly roleId: string
  readonly roleName: string
  readonly sessionName: string
  readonly secretAccessKey: string
}

export interface IamState {
  readonly roles: Map<string, RoleRecord>
  /** The account's own, by ARN. */
  readonly policies: Map<string, PolicyRecord>
  /** By ARN. */
  readonly oidcProviders: Map<string, OidcProviderRecord>
  /** Sessions of assumed roles by access key id. Every other access key belongs to one user of the account. */
  readonly sessions: Map<string, SessionRecord>
}

export function createIam(): IamState {
  return { roles: new Map(), policies: new Map(), oidcProviders: new Map(), sessions: new Map() }
}
