import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose'
import { CutoverError } from '../../automation/errors.ts'
import type { Secret } from '../secret.ts'
import { isSubject, Unauthenticated, type Identity } from './identity.ts'
import { keysOf } from './issuer-keys.ts'
import type { Issuer } from './issuers.ts'

/** Clocks of issuers and ours may differ by this much. */
const toleranceSeconds = 5

/** OpenID Connect's bearer tokens, of these issuers alone. Throws Unauthenticated, `forbidden` or `issuer-unreachable`. */
export function bearerTokens(issuers: readonly Issuer[]): (presented: Secret) => Promise<Identity> {
  const known = new Map(issuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOf(issuer) }]))
  return async (presented) => {
    const { issuer, keys } = known.get(issuerIn(presented)) ?? {}
    if (!issuer || !keys) throw new Unauthenticated('the bearer token is of no issuer that is known here')
    const { issuer: name, audience, algorithms = ['RS256'], subject = 'sub' } = issuer
    const requirements = { issuer: name, audience, algorithms, clockTolerance: toleranceSeconds }
    const { payload } = await jwtVerify(presented.reveal(), keys, {
      ...requirements,
      requiredClaims: ['exp', subject],
    }).catch((error: unknown) => {
      throw error instanceof errors.JOSEError
        ? new Unauthenticated(`the bearer token is refused: ${error.message}`)
        : error
    })
    return identityOf(payload, payload[subject], issuer)
  }
}

/** What the token says before anything is proved: only to know whose keys to prove it by. */
function issuerIn(presented: Secret): string {
  try {
    return decodeJwt(presented.reveal()).iss ?? ''
  } catch {
    return ''
  }
}

function identityOf(payload: JWTPayload, subject: unknown, { issuer, roles }: Issuer): Identity {
  if (!isSubject(subject)) throw new Unauthenticated('the bearer token names nobody who can be taken for a person')
  const rule = roles.find(({ when }) => Object.entries(when).every(([claim, wanted]) => has(payload[claim], wanted)))
  if (!rule) throw new CutoverError('forbidden', `no rule of ${issuer} gives ${subject} a role`, { subject })
  return {
    subject,
    role: rule.role,
    scope: rule.scope ?? null,
    credential: issuer,
    until: (payload.exp ?? 0) * 1000,
  }
}

/** A claim that is a list has what any of its members is. */
const has = (claim: unknown, wanted: unknown): boolean =>
  [wanted].flat().some((one) => (Array.isArray(claim) ? claim.includes(one) : claim === one))
