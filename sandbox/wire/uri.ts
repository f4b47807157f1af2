/** The URI of an operation's `http` trait: `/clusters/{name}`, `/{key+}` (greedy), `/restapis?mode=import`. */
export interface UriTemplate {
  /** Matches a path and has a group for each label. */
  readonly path: RegExp
  readonly labels: readonly string[]
  /** Query parameters that tell the operation from others; they are no input. */
  readonly query: ReadonlyMap<string, string>
  /** How much of it is fixed: of several templates that match, the one with most is meant. */
  readonly literals: number
}

const label = /\{([^}+]+)(\+?)\}/g

export function parseUri(uri: string): UriTemplate {
  const [path = '', query = ''] = uri.split('?')
  const pattern = path
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith('{') ? (part.endsWith('+}') ? '(.+)' : '([^/]+)') : escapeRegExp(part)))
    .join('')
  return {
    // Botocore keeps the slash at the end of some templates, the SDKs do not.
    path: new RegExp(`^${pattern.replace(/\/$/, '')}/?$`),
    labels: [...path.matchAll(label)].map(([, name = '']) => name),
    query: new Map(new URLSearchParams(query)),
    literals: uri.replaceAll(label, '').length,
  }
}

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The labels in a request's path and query, or undefined when it is no such request. */
export function matchUri(
  template: UriTemplate,
  path: string,
  query: URLSearchParams,
): ReadonlyMap<string, string> | undefined {
  if ([...template.query].some(([name, value]) => query.get(name) !== value)) return undefined
  const match = template.path.exec(path)
  if (!match) return undefined
  try {
    return new Map(template.labels.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]))
  } catch {
    return undefined // an escape that is none
  }
}
