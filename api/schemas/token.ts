import { Type } from 'typebox'
import type { TokenRecord } from '../../automation/store/tokens.ts'
import { roleSchema, scopeSchema } from './access.ts'
import { instantSchema, nullableInstant, nullableString } from './common.ts'

const members = {
  id: Type.String(),
  prefix: Type.String({ description: "The token's first characters." }),
  subject: Type.String({ description: 'Whose it is: `requestedBy` of what it asks for.' }),
  role: roleSchema,
  scope: Type.Union([scopeSchema, Type.Null()]),
  createdAt: instantSchema,
  createdBy: Type.String(),
  expiresAt: nullableInstant,
  revokedAt: nullableInstant,
  revokedBy: nullableString,
  lastUsedAt: nullableInstant,
}

export const tokenSchema = Type.Object(members, { $id: 'Token', description: 'An API token, without the token.' })

export const madeTokenSchema = Type.Object({
  ...members,
  token: Type.Union([Type.String(), Type.Null()], {
    description: 'The token itself, in this answer alone; null in an answer that is repeated for its Idempotency-Key.',
  }),
})

export const showToken = ({ digest: _digest, scope, ...token }: TokenRecord) => ({
  ...token,
  scope: scope && [...scope],
  createdAt: iso(token.createdAt),
  expiresAt: isoOrNull(token.expiresAt),
  revokedAt: isoOrNull(token.revokedAt),
  lastUsedAt: isoOrNull(token.lastUsedAt),
})

const iso = (instant: number): string => new Date(instant).toISOString()
const isoOrNull = (instant: number | null): string | null => (instant === null ? null : iso(instant))
