import { CutoverError } from '../../automation/errors.ts'
import type { Tokens } from '../../automation/store/tokens.ts'
import type { Secret } from '../secret.ts'
import { identityOfToken, isApiToken, isGood } from './api-tokens.ts'
import { bearerTokens } from './bearer-tokens.ts'
import { Unauthenticated, type Identity } from './identity.ts'
import type { Issuer } from './issuers.ts'

/** How requests come to be known. */
export interface Access {
  /** The bearer's secret → who that is. Throws Unauthenticated, or CutoverError where that cannot be told. */
  identify(presented: Secret | null): Promise<Identity>
  /** Is it still so? Asked while an answer goes on for long. */
  holds(identity: Identity): Promise<boolean>
  /** Everybody on this machine is let in. */
  readonly open: boolean
}

const everybody: Identity = { subject: 'operator', role: 'admin', scope: null, credential: null, until: null }

/** `CUTOVER_AUTH=off`, on loopback alone: whoever is on this machine is the operator and may do everything. */
export const openAccess: Access = {
  identify: () => Promise.resolve(everybody),
  holds: () => Promise.resolve(true),
  open: true,
}

/** API tokens of the journal, and bearer tokens of these issuers. */
export function guardedAccess(tokens: Tokens, issuers: readonly Issuer[]): Access {
  const identityOfBearer = bearerTokens(issuers)
  return {
    identify: async (presented) => {
      if (presented === null) throw new Unauthenticated('this needs a token: Authorization: Bearer …')
      return isApiToken(presented) ? asked(identityOfToken(presented, tokens)) : identityOfBearer(presented)
    },
    holds: async ({ credential, until }) => {
      const now = Date.now()
      if (until !== null && until <= now) return false
      if (credential === null || issuers.some(({ issuer }) => issuer === credential)) return true
      const token = await asked(tokens.get(credential))
      return token !== null && isGood(token, now)
    },
    open: false,
  }
}

/** A journal that does not answer is no reason to let anybody in, and none to call anybody a stranger. */
const asked = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    if (error instanceof Unauthenticated) throw error
    throw new CutoverError('not-accepting', 'nobody can be known now: the journal does not answer', {}, error)
  })
