/** The URI of a private integration: `http://HOST[:PORT]/path`, parts of it stage variables. The host is the Host header alone. */
interface Uri {
  readonly scheme: 'http' | 'https'
  readonly authority: string
  /** Path and query. */
  readonly rest: string
}

/** null: no such URI. */
export function parseUri(uri: string): Uri | null {
  const [, scheme, authority, rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/s.exec(uri) ?? []
  if (!authority || (scheme !== 'http' && scheme !== 'https')) return null
  return { scheme, authority, rest }
}

const usual = { http: 80, https: 443 } as const

/** The port that it names or that its scheme implies; null: none that can be read, a stage variable for one. */
export function portOf(uri: string): number | null {
  const parsed = parseUri(uri)
  if (!parsed || hidesPort(parsed.authority)) return null
  const [, port] = /:(\d+)$/.exec(parsed.authority) ?? []
  return port === undefined ? usual[parsed.scheme] : Number(port)
}

/** A stage variable at the end of an authority may hold a port. */
const hidesPort = (authority: string): boolean => authority.endsWith('}')

/** The same URI at another port. */
export function atPort(uri: string, port: number): string {
  const parsed = parseUri(uri)
  if (!parsed) throw new RangeError(`${uri} is no HTTP URI`)
  const { scheme, authority, rest } = parsed
  return `${scheme}://${authority.replace(/:\d+$/, '')}:${port}${rest}`
}

export const referenceTo = (variable: string): string => `\${stageVariables.${variable}}`

/** The same URI with its host and port read from a stage variable. */
export function reading(uri: string, variable: string): string {
  const parsed = parseUri(uri)
  if (!parsed) throw new RangeError(`${uri} is no HTTP URI`)
  return `${parsed.scheme}://${referenceTo(variable)}${parsed.rest}`
}

/** The URI with stage variables filled in; one without a value stays as it is. */
export const filled = (uri: string, variables: Readonly<Record<string, string>>): string =>
  uri.replace(/\$\{stageVariables\.(\w+)\}/g, (reference, name: string) => variables[name] ?? reference)
