import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { CutoverError } from '../../automation/errors.ts'
import { isGuarded, type Issuer } from './issuers.ts'

/** Keys are looked up again when they are this old, or when a token names one that is not there: then at most this often. */
const keysLastMs = 600_000
const lookAgainMs = 30_000

const answersWithinMs = 5_000
/** After a failure the issuer is left alone for a while, whoever knocks. */
const pauseAfterFailureMs = 5_000

/**
 * The public keys of an issuer, fetched when they are first needed. What is wrong with a token stays jose's error; that the issuer
 * cannot be asked is `issuer-unreachable`.
 */
export function keysOf(issuer: Issuer): JWTVerifyGetKey {
  let place: Promise<URL> | null = null
  let remote: ReturnType<typeof createRemoteJWKSet> | null = null
  let failed: { readonly at: number; readonly error: CutoverError } | null = null
  return async (header, token) => {
    if (failed && Date.now() - failed.at < pauseAfterFailureMs) throw failed.error
    try {
      remote ??= createRemoteJWKSet(await (place ??= placeOfKeys(issuer)), {
        cacheMaxAge: keysLastMs,
        cooldownDuration: lookAgainMs,
        timeoutDuration: answersWithinMs,
      })
      return await remote(header, token)
    } catch (error) {
      if (isOfTheToken(error)) throw error
      place = null
      const message = `${issuer.issuer} does not answer with its keys: ${(error as Error).message}`
      failed = { at: Date.now(), error: new CutoverError('issuer-unreachable', message, {}, error) }
      throw failed.error
    }
  }
}

const isOfTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** As the issuer's own document says (OpenID Connect Discovery 1.0 §4), which has to be of that issuer. */
async function placeOfKeys({ issuer, jwks }: Issuer): Promise<URL> {
  if (jwks !== undefined) return new URL(jwks)
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(answersWithinMs) })
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  const document = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown }
  if (document.issuer !== issuer) throw new Error(`${url} is of the issuer ${String(document.issuer)}`)
  if (typeof document.jwks_uri !== 'string' || !isGuarded(document.jwks_uri)) {
    throw new Error(`${url} names no place of keys that is guarded by TLS`)
  }
  return new URL(document.jwks_uri)
}
