import { isSignedBy } from './presigned.ts'

export interface TokenRules {
  readonly cluster: string
  /** `https://sts.eu-central-1.amazonaws.com`, …: where STS is. */
  readonly sts: readonly string[]
  /** undefined: nobody knows this key. */
  secretOf(accessKeyId: string): string | undefined
  readonly now: Date
}

/** What a token may ask STS with, in lower case; anything else spoils it (aws-iam-authenticator, pkg/token/token.go). */
const parameters = new Set([
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
])

/** From X-Amz-Date on, whatever X-Amz-Expires says: STS does not look at that (aws-iam-authenticator, same file). */
const lifeMs = 15 * 60_000
const longestExpirySeconds = 900
const clusterHeader = 'x-k8s-aws-id'

/**
 * The access key behind a token such as `aws eks get-token` makes: a presigned GetCallerIdentity with the name of the cluster
 * among the signed headers, so that a token of another cluster has a wrong signature here. undefined: not a good token.
 */
export function accessKeyOf(token: string, rules: TokenRules): string | undefined {
  const url = urlOf(token)
  if (!url || !rules.sts.includes(url.origin) || url.pathname !== '/') return undefined
  const query = url.searchParams
  if ([...query.keys()].some((name) => !parameters.has(name.toLowerCase()) || query.getAll(name).length > 1)) {
    return undefined
  }
  const signed = query.get('X-Amz-SignedHeaders')?.split(';') ?? []
  if (query.get('Action') !== 'GetCallerIdentity' || !signed.includes(clusterHeader)) return undefined
  if (!isTimely(query, rules.now)) return undefined
  const [accessKeyId = ''] = (query.get('X-Amz-Credential') ?? '').split('/')
  const secret = rules.secretOf(accessKeyId)
  const headers = { host: url.host, [clusterHeader]: rules.cluster }
  return secret !== undefined && isSignedBy(secret, url, headers) ? accessKeyId : undefined
}

/** base64url without padding. */
function urlOf(token: string): URL | undefined {
  const [, encoded] = /^k8s-aws-v1\.([\w-]+)$/.exec(token) ?? []
  const text = Buffer.from(encoded ?? '', 'base64url').toString()
  return encoded !== undefined && URL.canParse(text) ? new URL(text) : undefined
}

function isTimely(query: URLSearchParams, now: Date): boolean {
  const expires = Number(query.get('X-Amz-Expires') ?? NaN)
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? []
  if (parts.length === 0 || !(expires >= 0 && expires <= longestExpirySeconds)) return false
  const [year = 0, month = 0, ...rest] = parts.map(Number)
  return now.getTime() <= Date.UTC(year, month - 1, ...rest) + lifeMs
}
