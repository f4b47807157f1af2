import { parseUri, referenceTo } from './gateway/uri.ts'
import type { StageVariable } from './found.ts'

interface WithUri {
  readonly uri: string
}

/**
 * What the variable would hold, or holds, for each integration: the host and port of a literal URI, or the value that is read.
 * One that reads other variables there is told as it is written.
 */
export function backendsIn(
  integrations: readonly WithUri[],
  variable: string,
  variables: Readonly<Record<string, string>>,
): ReadonlySet<string> {
  return new Set(
    integrations.map(({ uri }) => {
      const authority = parseUri(uri)?.authority ?? uri
      return authority.includes(referenceTo(variable)) ? (variables[variable] ?? '') : authority
    }),
  )
}

/** API Gateway, reference of Stage: characters and length of a variable's value. */
export const allowedVariable = (value: string): boolean => /^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/.test(value)

/** The variable that tells the sides apart. Its host stays, because it is the Host header; green's port takes the place of blue's. */
export function variableFor(
  integrations: readonly WithUri[],
  name: string,
  variables: Readonly<Record<string, string>>,
  greenPort: number,
): StageVariable {
  const [blue = ''] = backendsIn(integrations, name, variables)
  const converts = !integrations.some(({ uri }) => uri.includes(referenceTo(name)))
  return { name, blue, green: withPort(blue, greenPort), converts }
}

/** A variable may hold a port alone. */
const withPort = (backend: string, port: number): string =>
  /^\d+$/.test(backend) ? String(port) : `${backend.replace(/:\d+$/, '')}:${port}`
