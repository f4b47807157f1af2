import { readFileSync } from 'node:fs'
import { Type, type Static } from 'typebox'
import { parse } from 'yaml'
import { faultsOf } from '../../automation/schema.ts'
import { roleSchema, scopeSchema } from '../schemas/access.ts'

const strict = { additionalProperties: false } as const

/** Signatures by a private key alone. With HMAC whoever can check a token could make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const claimValue = Type.Union([Type.String(), Type.Boolean(), Type.Number()])

const ruleSchema = Type.Object(
  {
    when: Type.Record(
      Type.String({ minLength: 1 }),
      Type.Union([claimValue, Type.Array(claimValue, { minItems: 1 })]),
      { minProperties: 1, description: 'Claims that the token must have: each this value, or one of these.' },
    ),
    role: roleSchema,
    scope: Type.Optional(scopeSchema),
  },
  strict,
)

export const issuerSchema = Type.Object(
  {
    issuer: Type.String({ pattern: '^https?://', description: 'As in the claim `iss`, to the letter.' }),
    audience: Type.String({ minLength: 1, description: 'One of the claim `aud`.' }),
    jwks: Type.Optional(
      Type.String({
        pattern: '^https?://',
        description: "Where its keys are. Left out: the issuer's own document says.",
      }),
    ),
    algorithms: Type.Optional(
      Type.Array(Type.Union(algorithms.map((name) => Type.Literal(name))), {
        minItems: 1,
        description: 'Default [RS256].',
      }),
    ),
    subject: Type.Optional(Type.String({ minLength: 1, description: 'The claim that says who. Default sub.' })),
    roles: Type.Array(ruleSchema, { minItems: 1, description: 'The first that fits gives role and scope.' }),
  },
  strict,
)

const fileSchema = Type.Object({ issuers: Type.Array(issuerSchema, { minItems: 1, maxItems: 20 }) }, strict)

export type Issuer = Static<typeof issuerSchema>

/** Whose bearer tokens are taken, and who they make of their bearers. Throws with every fault of the file, one per line. */
export function readIssuers(file: string): readonly Issuer[] {
  const document: unknown = parse(readFileSync(file, 'utf8'))
  const faults = faultsOf(fileSchema, document).map(({ pointer, message }) => `${pointer || '/'} ${message}`)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const { issuers } = document as Static<typeof fileSchema>
  const problems = issuers.flatMap((issuer, at) => problemsOf(issuer, issuers, `/issuers/${at}`))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return issuers
}

function problemsOf({ issuer, jwks }: Issuer, all: readonly Issuer[], pointer: string): string[] {
  const problems = all.filter((other) => other.issuer === issuer).length > 1 ? [`${pointer}/issuer is there twice`] : []
  for (const [key, url] of Object.entries({ issuer, jwks })) {
    if (url !== undefined && !isGuarded(url)) problems.push(`${pointer}/${key} is not an https URL`)
  }
  return problems
}

/** Keys that come over an open network are anybody's; on this machine nobody stands in between. */
export function isGuarded(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
}
