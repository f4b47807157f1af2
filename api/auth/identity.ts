import type { Instant } from '../../automation/migration.ts'
import type { Role } from '../../automation/rights.ts'

/** Who a request comes from, as proved by what it brought. */
export interface Identity {
  /** A person's or a system's name; `requestedBy` of what it asks for. */
  readonly subject: string
  readonly role: Role
  readonly scope: Scope | null
  /** The id of the API token or the issuer of the bearer token; null: nothing had to be proved. */
  readonly credential: string | null
  /** No answer goes on after it, the event stream included; null: no end. */
  readonly until: Instant | null
}

/** What a credential is good for: `migration`, with all that is in it, or one `migration/workload`. null: everything. */
export type Scope = readonly string[]

/** Nobody is known by what the request brought. The message goes to the caller, so it says nothing of what is known. */
export class Unauthenticated extends Error {
  readonly statusCode = 401

  constructor(message: string) {
    super(message)
    this.name = 'Unauthenticated'
  }
}

/** `workload` null: the migration itself, its inventory or its cluster. */
export const covers = (scope: Scope | null, migration: string, workload: string | null): boolean =>
  scope === null || scope.includes(migration) || (workload !== null && scope.includes(`${migration}/${workload}`))

/** The workloads of a migration that are in the scope; null: all of them. */
export const namesIn = (scope: Scope | null, migration: string): readonly string[] | null =>
  covers(scope, migration, null)
    ? null
    : (scope ?? []).flatMap((place) => (place.startsWith(`${migration}/`) ? [place.slice(migration.length + 1)] : []))

/** Is anything of what this is about in the scope? `migration` null: it is about everything, `workload` null: about all of it. */
export const reaches = (scope: Scope | null, migration: string | null, workload: string | null): boolean =>
  migration === null ||
  covers(scope, migration, workload) ||
  (workload === null && (scope ?? []).some((place) => place.startsWith(`${migration}/`)))

/** Subjects under which the service itself acts; nobody else can be called so. */
const own = ['operator', 'recovery', 'eks-cutover']

export const isTaken = (subject: string): boolean => own.includes(subject)

/** 1 to 200 visible characters and no space, so that nobody passes for a guard (`guard green-targets`). */
export const subjectPattern = '^[!-~]{1,200}$'

export const isSubject = (text: unknown): text is string =>
  typeof text === 'string' && new RegExp(subjectPattern).test(text) && !isTaken(text)
