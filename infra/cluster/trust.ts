import { createHash } from 'node:crypto'

/** A role trust policy has at most so many characters, white space not counted (IAM quotas; an account may be given 4,096). */
export const trustPolicyQuota = 2_048

/** An OIDC provider that a trust policy names. */
export interface Issuer {
  readonly providerArn: string
  /** Without a scheme: `oidc.eks.eu-central-1.amazonaws.com/id/…` */
  readonly name: string
}

interface Statement {
  readonly Sid?: string
  readonly [key: string]: unknown
}

interface Policy {
  readonly Version?: string
  readonly Statement?: Statement | readonly Statement[]
  readonly [key: string]: unknown
}

export class TrustPolicyTooLong extends Error {
  readonly role: string
  readonly characters: number

  constructor(role: string, characters: number) {
    super(
      `the trust policy of ${role} would have ${characters} characters, and IAM allows ${trustPolicyQuota}: ` +
        'take statements of clusters that are gone out of it, or name fewer service accounts',
    )
    this.name = 'TrustPolicyTooLong'
    this.role = role
    this.characters = characters
  }
}

/** Letters and digits alone, as IAM wants it; another for each migration, so that two may trust the same role. */
export const trustSid = (migration: string): string =>
  `EksCutover${createHash('sha256').update(migration).digest('hex').slice(0, 12)}`

/** Lets green's service accounts assume a role. `serviceAccounts`: namespace/name or namespace/*. */
export function trustStatement(sid: string, issuer: Issuer, serviceAccounts: readonly string[]): Statement {
  const subjects = serviceAccounts.map((account) => `system:serviceaccount:${account.replace('/', ':')}`)
  const wild = subjects.some((subject) => subject.endsWith('*'))
  const audience = { [`${issuer.name}:aud`]: 'sts.amazonaws.com' }
  const subject = { [`${issuer.name}:sub`]: subjects.length === 1 ? subjects[0] : subjects }
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Federated: issuer.providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: wild ? { StringEquals: audience, StringLike: subject } : { StringEquals: { ...audience, ...subject } },
  }
}

/** The policy with our statement in the place of an earlier one of ours, else behind all others. Nothing else of it changes. */
export function trusting(policy: string, ours: Statement): string {
  const statements = statementsOf(policy)
  const at = statements.findIndex(({ Sid }) => Sid === ours.Sid)
  return withStatements(policy, at < 0 ? [...statements, ours] : statements.with(at, ours))
}

/** The policy without our statement; as it is when that is not there. A policy of nothing but ours stays: IAM takes no empty one. */
export function notTrusting(policy: string, sid: string): string {
  const statements = statementsOf(policy)
  const others = statements.filter(({ Sid }) => Sid !== sid)
  return others.length === 0 || others.length === statements.length ? policy : withStatements(policy, others)
}

/** Throws TrustPolicyTooLong. */
export function requireFits(role: string, policy: string): void {
  const { length } = JSON.stringify(JSON.parse(policy))
  if (length > trustPolicyQuota) throw new TrustPolicyTooLong(role, length)
}

/** What stands for green's provider while nobody knows its id: as long as the real one, so that the quota can be checked first. */
export const unknownIssuer = (region: string, account: string): Issuer => {
  const name = `oidc.eks.${region}.${dnsSuffix(region)}/id/${'0'.repeat(32)}`
  return { name, providerArn: `arn:${partitionOf(region)}:iam::${account}:oidc-provider/${name}` }
}

export const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'

const dnsSuffix = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com')

function statementsOf(policy: string): readonly Statement[] {
  const { Statement = [] } = JSON.parse(policy) as Policy
  return Array.isArray(Statement) ? (Statement as readonly Statement[]) : [Statement as Statement]
}

const withStatements = (policy: string, statements: readonly Statement[]): string =>
  JSON.stringify({ ...(JSON.parse(policy) as Policy), Statement: statements })
