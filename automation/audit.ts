import type { AwsWrite } from './aws-writes.ts'
import type { Asker } from './asker.ts'
import { sha256 } from './digest.ts'
import type { Failure } from './errors.ts'
import type { Instant } from './migration.ts'
import { canonical } from './same-json.ts'
import type { Json } from '../infra/workloads/kind.ts'
import type { OperationRecord } from './store/operations.ts'

/** What is on record, by name. A decision is somebody's, an act is what the service then did. */
export const auditActions = {
  inventory: { kind: 'decision', meaning: 'An inventory was applied.' },
  plan: { kind: 'decision', meaning: 'A plan was asked for.' },
  advance: { kind: 'decision', meaning: 'A step forward was asked for; `details.gates` has what the gates said.' },
  rollback: { kind: 'decision', meaning: 'The way home was asked for.' },
  'rollback-all': { kind: 'decision', meaning: 'The way home was asked for, of every workload of a migration.' },
  abandon: { kind: 'decision', meaning: 'To leave the switch point as it was found was asked for.' },
  release: { kind: 'decision', meaning: 'To let go of a retired workload was asked for.' },
  'cluster-preview': { kind: 'decision', meaning: "A preview of green's cluster was asked for." },
  'cluster-up': { kind: 'decision', meaning: "An `up` of green's cluster was asked for." },
  'cluster-destroy': { kind: 'decision', meaning: "To take green's cluster away was asked for." },
  'cluster-cancel': { kind: 'decision', meaning: "The end of what runs for green's cluster was asked for." },
  hold: { kind: 'decision', meaning: 'A hold was placed.' },
  unhold: { kind: 'decision', meaning: 'A hold was removed.' },
  freeze: { kind: 'decision', meaning: 'Everything was frozen.' },
  thaw: { kind: 'decision', meaning: 'The freeze was ended.' },
  'run-out': { kind: 'decision', meaning: 'The time of a hold came, and what it is on goes home.' },
  confirm: { kind: 'decision', meaning: 'A person confirmed.' },
  token: { kind: 'decision', meaning: 'An API token was made; `details` say which, and what it opens.' },
  'token-revoke': { kind: 'decision', meaning: 'An API token was revoked.' },
  guard: { kind: 'decision', meaning: 'A guard fired.' },
  stage: { kind: 'act', meaning: 'A stage began; it ended with its split read back.' },
  up: { kind: 'act', meaning: 'A Pulumi `up` ended; `update` names it.' },
  destroy: { kind: 'act', meaning: 'A Pulumi `destroy` ended; `update` names it.' },
  flip: { kind: 'act', meaning: 'The split was written by direct calls and read back as home.' },
  end: { kind: 'act', meaning: 'The operation ended.' },
  recovery: {
    kind: 'act',
    meaning: 'An operation that a dead service had was taken over; `details.what` says what becomes of it.',
  },
} as const satisfies Record<string, { readonly kind: 'decision' | 'act'; readonly meaning: string }>

export type AuditAction = keyof typeof auditActions

/** `refused` is a decision that was not let through; `begun` and the operation's own final states are of acts. */
export const auditOutcomes = [
  'accepted',
  'refused',
  'begun',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
] as const
export type AuditOutcome = (typeof auditOutcomes)[number]

/** One update of a stack, as Pulumi's own history has it: there its message is the operation's id. */
export interface PulumiUpdate {
  readonly stack: string
  readonly message: string
  /** Steps that ended, by Pulumi's word for them, those that changed nothing left out. */
  readonly steps: Readonly<Record<string, number>>
}

/** What is to be put on record. */
export interface AuditFact {
  /** One of `auditActions`; of a refusal also the last word of a route that has none. */
  readonly action: string
  readonly outcome: AuditOutcome
  readonly migration: string | null
  /** Of green's cluster `cluster`, as in its events. */
  readonly workload: string | null
  readonly operation: string | null
  /** Who decided; of an act, who asked for the operation. */
  readonly by: string
  readonly credential: string | null
  readonly address: string | null
  readonly reason: string | null
  /** The hash of the plan that an advance named. */
  readonly plan: string | null
  readonly update: PulumiUpdate | null
  /** Direct calls of the service that write, since the operation's entry before this one. */
  readonly aws: readonly AwsWrite[]
  readonly details: Readonly<Record<string, unknown>>
}

/** A fact in its place in the chain. `hash` is over everything else, `previous` among it. */
export interface AuditEntry extends AuditFact {
  /** 1, 2, 3, … without a gap. */
  readonly seq: number
  /** ISO 8601 in UTC, by the clock of the service that wrote it. */
  readonly at: string
  readonly previous: string
  /** SHA-256 in hexadecimal of the entry without this member, as canonical JSON: sorted keys, no spaces. */
  readonly hash: string
}

/** An entry's place and hash: what the next one is chained to. */
export interface Link {
  readonly seq: number
  readonly hash: string
}

/** What the first entry follows. */
export const genesis: Link = { seq: 0, hash: '0'.repeat(64) }

/** The text that an entry's hash is over. */
export function sealedText({
  hash: _hash,
  ...sealed
}: AuditEntry | (Omit<AuditEntry, 'hash'> & { hash?: string })): string {
  return canonical(sealed as unknown as Json)
}

/** The next entry of the chain. */
export function chained(fact: AuditFact, { seq, hash }: Link, at: Instant): AuditEntry {
  const sealed = { ...fact, seq: seq + 1, at: new Date(at).toISOString(), previous: hash }
  return { ...sealed, hash: sha256(sealedText(sealed)) }
}

/** What is wrong with an entry that stands after `before`; null: nothing. */
export function faultOf(entry: AuditEntry, before: Link): string | null {
  if (sha256(sealedText(entry)) !== entry.hash) return 'its hash is not that of what it says: it was changed'
  if (entry.seq !== before.seq + 1) return `it follows entry ${before.seq}: what stood between is missing`
  if (entry.previous !== before.hash) return `it was not written after the entry ${before.seq} that stands here`
  return null
}

export type Verdict =
  | { readonly head: Link; readonly broken: null }
  | { readonly head: Link; readonly broken: { readonly seq: number; readonly why: string } }

/**
 * Goes through a whole chain, oldest first, to its first broken entry. `mustHave`: a hash noted down earlier, without which the end
 * of the chain could have been cut off unseen.
 */
export async function verifyChain(
  entries: AsyncIterable<AuditEntry> | Iterable<AuditEntry>,
  mustHave?: string,
): Promise<Verdict> {
  let head = genesis
  let seen = mustHave === undefined || mustHave === genesis.hash
  for await (const entry of entries) {
    const why = faultOf(entry, head)
    if (why) return { head, broken: { seq: entry.seq, why } }
    head = { seq: entry.seq, hash: entry.hash }
    seen ||= entry.hash === mustHave
  }
  if (seen) return { head, broken: null }
  return { head, broken: { seq: head.seq + 1, why: `the chain ends before the entry with the hash ${mustHave}` } }
}

interface More {
  readonly operation?: string
  readonly plan?: string | null
  readonly details?: object
}

type Subject = { readonly migration: string | null; readonly name: string | null }

const nothingMore = { operation: null, plan: null, update: null, aws: [] } as const

/** Somebody decided. */
export const decisionOf = (
  { by, credential, address, reason }: Asker,
  { migration, name: workload }: Subject,
  action: AuditAction,
  { details = {}, ...more }: More = {},
): AuditFact => ({
  ...nothingMore,
  ...more,
  action,
  outcome: 'accepted',
  migration,
  workload,
  by,
  credential,
  address,
  reason,
  details: { ...details },
})

/** Somebody's decision was not let through; `code` says why. */
export const refusalOf = (
  asker: Pick<Asker, 'by' | 'credential' | 'address' | 'reason'>,
  subject: { readonly migration: string | null; readonly workload: string | null },
  action: string,
  details: { readonly code: string; readonly detail: string; readonly gates?: unknown },
): AuditFact => ({ ...nothingMore, ...asker, ...subject, action, outcome: 'refused', details })

/** Of an error what tells which it is; its details may be long and are with the operation. */
export const essenceOf = (failure: Failure | null) => failure && { code: failure.code, message: failure.message }

/** The service did something for an operation. */
export const actOf = (
  operation: OperationRecord,
  action: AuditAction,
  outcome: AuditOutcome,
  { details = {}, ...more }: Pick<Partial<AuditFact>, 'update' | 'aws'> & { readonly details?: object } = {},
): AuditFact => ({
  ...nothingMore,
  ...more,
  action,
  outcome,
  migration: operation.migration,
  workload: operation.workload,
  operation: operation.id,
  by: operation.requestedBy,
  credential: operation.credential,
  address: operation.address,
  reason: operation.reason,
  details: { ...details },
})
