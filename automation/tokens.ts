import type { Asker } from './asker.ts'
import { decisionOf } from './audit.ts'
import type { Store } from './store/store.ts'
import type { NewToken, TokenRecord } from './store/tokens.ts'

type Journal = Pick<Store, 'transaction'>

/** Puts a token into the journal and on record, or neither. */
export function addToken(store: Journal, token: NewToken, asker: Asker): Promise<TokenRecord> {
  return store.transaction(async ({ tokens, audit }) => {
    const added = await tokens.add(token)
    audit.write(made(token, asker))
    return added
  })
}

/** The same, unless there is one of this id: false, because another service was first. */
export function addTokenOnce(store: Journal, token: NewToken, asker: Asker): Promise<boolean> {
  return store.transaction(async ({ tokens, audit }) => {
    const added = await tokens.addOnce(token)
    if (added) audit.write(made(token, asker))
    return added
  })
}

/** From now on it opens nothing. null: there is no such token. Of one that is revoked already nothing more goes on record. */
export function revokeToken(store: Journal, id: string, asker: Asker): Promise<TokenRecord | null> {
  return store.transaction(async ({ tokens, audit }) => {
    const before = await tokens.get(id)
    const revoked = await tokens.revoke(id, asker.by)
    if (before?.revokedAt === null)
      audit.write(decisionOf(asker, nowhere, 'token-revoke', { details: essenceOf(before) }))
    return revoked
  })
}

const nowhere = { migration: null, name: null }

const made = (token: NewToken, asker: Asker) => decisionOf(asker, nowhere, 'token', { details: essenceOf(token) })

/** Which one, whose, and what it opens; nothing by which it could be guessed. */
const essenceOf = ({ id, subject, role, scope, expiresAt }: NewToken) => ({
  token: id,
  subject,
  role,
  scope,
  expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
})
