import type { Instant } from './migration.ts'

/** Who asks, why, since when the request is here, and how it came. */
export interface Asker {
  /** A subject: a person's or a system's name, or a part of the service itself, e.g. `guard green-targets`. */
  readonly by: string
  /** The id of the API token, or the issuer of the bearer token, that proved it; null: nobody had to prove anything. */
  readonly credential: string | null
  /** The client's address; null: the service itself. */
  readonly address: string | null
  readonly reason: string | null
  readonly receivedAt: Instant
}

/** A part of the service asks by itself. */
export const itself = (by: string, reason: string | null, receivedAt: Instant): Asker => ({
  by,
  credential: null,
  address: null,
  reason,
  receivedAt,
})
