import type { Json } from '../../kind.ts'

/** What an API does with one method of one path, or with one route. */
export interface ApiOperation {
  readonly uri: string
  /** The VPC link; null: none. */
  readonly connection: string | null
  /** Whatever else of its integration the export of a stage tells. */
  readonly rest: Json
}

/** By `GET /path`, `ANY /path` or, of HTTP APIs, `$default`. */
export type ApiOperations = ReadonlyMap<string, ApiOperation>

/** An integration as the extension of an OpenAPI document has it. */
interface Extension {
  readonly uri?: string
  readonly connectionId?: string
  readonly connectionType?: string
  readonly type?: string
  readonly httpMethod?: string
  readonly credentials?: string
  readonly passthroughBehavior?: string
  readonly timeoutInMillis?: number
  readonly payloadFormatVersion?: string
  readonly requestParameters?: Readonly<Record<string, string>>
  readonly requestTemplates?: Readonly<Record<string, string>>
  readonly tlsConfig?: Json
}

const extensionName = 'x-amazon-apigateway-integration'
const anyMethod = 'x-amazon-apigateway-any-method'
const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', anyMethod]

/** One form for both sides of a comparison: defaults and empty maps are left out, words are in lower case. */
export function operationFrom(extension: Extension, defaultTimeoutMs: number): ApiOperation {
  const { uri = '', connectionId, connectionType, type = '', passthroughBehavior, timeoutInMillis, ...more } = extension
  const { httpMethod, credentials, payloadFormatVersion, requestParameters, requestTemplates, tlsConfig } = more
  return {
    uri,
    connection: connectionType === 'VPC_LINK' ? (connectionId ?? null) : null,
    rest: {
      type: type.toLowerCase(),
      ...(httpMethod ? { httpMethod } : {}),
      ...(credentials ? { credentials } : {}),
      ...(payloadFormatVersion ? { payloadFormatVersion } : {}),
      ...(passthroughBehavior ? { passthroughBehavior: passthroughBehavior.toLowerCase() } : {}),
      ...(timeoutInMillis !== undefined && timeoutInMillis !== defaultTimeoutMs ? { timeoutInMillis } : {}),
      ...(isEmpty(requestParameters) ? {} : { requestParameters: { ...requestParameters } }),
      ...(isEmpty(requestTemplates) ? {} : { requestTemplates: { ...requestTemplates } }),
      ...(tlsConfig === undefined || tlsConfig === null ? {} : { tlsConfig }),
    },
  }
}

const isEmpty = (map: object | undefined): boolean => !map || Object.keys(map).length === 0

/** What the export of a stage says that it does. Throws on a document that is not OpenAPI. */
export function operationsIn(text: string, defaultTimeoutMs: number): ApiOperations {
  const { paths } = JSON.parse(text) as { paths?: Readonly<Record<string, Readonly<Record<string, object>>>> }
  if (!paths) throw new Error('the export of the stage has no paths')
  const all = new Map<string, ApiOperation>()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [verb, method] of Object.entries(methods)) {
      if (!verbs.includes(verb)) continue
      const extension = (method as Readonly<Record<string, Extension>>)[extensionName]
      all.set(keyOf(verb, path), operationFrom(extension ?? {}, defaultTimeoutMs))
    }
  }
  return all
}

function keyOf(verb: string, path: string): string {
  if (path === '/$default') return '$default'
  return `${verb === anyMethod ? 'ANY' : verb.toUpperCase()} ${path}`
}

/**
 * What the working API would ship and the stage does not serve yet, and what it would take away: keys, in order. `ours` names what
 * an operation of the workload's is apart from its side; for others it is the URI.
 */
export function undeployed(
  working: ApiOperations,
  served: ApiOperations,
  ours: (key: string, uri: string) => string,
): readonly string[] {
  const keys = new Set([...working.keys(), ...served.keys()])
  const textOf = (all: ApiOperations, key: string): string | null => {
    const operation = all.get(key)
    return operation ? JSON.stringify(sorted({ ...operation, uri: ours(key, operation.uri) })) : null
  }
  return [...keys].filter((key) => textOf(working, key) !== textOf(served, key)).sort()
}

/** With the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
