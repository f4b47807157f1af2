import { CutoverError } from './errors.ts'
import type { Instant } from './migration.ts'
import { hasRight, rights, type Right, type Role } from './rights.ts'

/** Who asks, why, since when the request is here, and how it came. */
export interface Asker {
  /** A subject: a person's or a system's name, or a part of the service itself, e.g. `guard green-targets`. */
  readonly by: string
  readonly role: Role
  /** The id of the API token, or the issuer of the bearer token, that proved it; null: nobody had to prove anything. */
  readonly credential: string | null
  /** The client's address; null: the service itself. */
  readonly address: string | null
  readonly reason: string | null
  readonly receivedAt: Instant
  /** Of the request, as the journal knows it; null: it came without one, or is about many operations. */
  readonly idempotencyKey: string | null
}

/** A part of the service asks by itself; it may do what an operator may, which is enough to hold and to go home. */
export const itself = (by: string, reason: string | null, receivedAt: Instant): Asker => ({
  by,
  role: 'operator',
  credential: null,
  address: null,
  reason,
  receivedAt,
  idempotencyKey: null,
})

/** Throws `forbidden` when the asker's role has not the right. */
export function mustHave(right: Right, { by, role }: Pick<Asker, 'by' | 'role'>): void {
  if (hasRight(role, right)) return
  const needed = rights[right].role
  throw new CutoverError('forbidden', `${by} is ${role}; to ${rights[right].what} takes the role ${needed}`, {
    right,
    role,
    needed,
  })
}
