import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../automation/migration.ts'
import type { Role } from '../../automation/rights.ts'
import { newId } from '../../automation/store/ids.ts'
import type { NewToken, TokenRecord, Tokens } from '../../automation/store/tokens.ts'
import { Secret } from '../secret.ts'
import { Unauthenticated, type Identity, type Scope } from './identity.ts'

/** `cut_` and 256 random bits in base64url. */
export const tokenPattern = /^cut_[A-Za-z0-9_-]{43}$/

/** `cut_` and 48 of the bits: enough to tell tokens apart, and 208 are left to guess. */
const shownCharacters = 12

export interface TokenRequest {
  readonly subject: string
  readonly role: Role
  readonly scope: Scope | null
  readonly expiresAt: Instant | null
}

export interface MadeToken {
  readonly token: Secret
  readonly record: NewToken
}

export const isApiToken = (presented: Secret): boolean => presented.reveal().startsWith('cut_')

export const newToken = (): Secret => new Secret(`cut_${randomBytes(32).toString('base64url')}`)

/** The token is in the answer and nowhere else: the journal gets its digest. */
export function tokenFor(request: TokenRequest, by: string, id = newId('token'), token = newToken()): MadeToken {
  const [prefix, digest] = [prefixOf(token), digestOf(token).toString('hex')]
  return { token, record: { ...request, id, prefix, digest, createdAt: Date.now(), createdBy: by } }
}

/** Throws Unauthenticated with the same words whether a token never was, has been revoked or has run out. */
export async function identityOfToken(presented: Secret, tokens: Tokens): Promise<Identity> {
  const candidates = tokenPattern.test(presented.reveal()) ? await tokens.withPrefix(prefixOf(presented)) : []
  const token = candidates.find(({ digest }) => timingSafeEqual(Buffer.from(digest, 'hex'), digestOf(presented)))
  const now = Date.now()
  if (!token || !isGood(token, now)) {
    throw new Unauthenticated('the API token is not known, has been revoked or has expired')
  }
  await tokens.used(token, now)
  const { subject, role, scope, id: credential, expiresAt: until } = token
  return { subject, role, scope, credential, until }
}

export const isGood = ({ expiresAt, revokedAt }: TokenRecord, now: Instant): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt > now)

const prefixOf = (token: Secret): string => token.reveal().slice(0, shownCharacters)

/** SHA-256, once: a slow hash makes guessing passwords dear, and nobody guesses 256 random bits. */
const digestOf = (token: Secret): Buffer => createHash('sha256').update(token.reveal()).digest()
