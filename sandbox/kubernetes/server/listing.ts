import { inVersion, type Api } from '../registry/api.ts'
import type { Fields, KubernetesObject } from '../object.ts'
import { nameOf } from '../object.ts'
import type { Resource } from '../resource.ts'
import { apiVersionOf } from '../resources.ts'
import { badRequest, expired, futureRevision } from '../status-error.ts'
import { parseFieldSelector, parseLabelSelector, type Matcher } from '../store/selectors.ts'
import type { Exchange } from './exchange.ts'

/** An object as a list shows it: the items of built-in lists do not say what they are. */
export function listed(resource: Resource, object: KubernetesObject): Fields {
  if (resource.custom) return inVersion(resource, object)
  const { apiVersion: _version, kind: _kind, ...item } = inVersion(resource, object)
  return item
}

/** The selectors of a list, a watch or a deletion of many. */
export function matcherOf(
  exchange: Exchange,
  resource: Resource,
  namespace: string | undefined,
  name?: string,
): Matcher {
  const labels = parseLabelSelector(exchange.parameter('labelSelector'))
  const fields = parseFieldSelector(exchange.parameter('fieldSelector'), resource)
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object) &&
    fields(object)
}

export function revisionOf(text: string | undefined): number {
  const revision = Number(text ?? 0)
  if (!Number.isInteger(revision) || revision < 0) {
    throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}`)
  }
  return revision
}

interface Continuation {
  v: string
  rv: number
  start: string
}

function readToken(token: string, api: Api): Continuation {
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString()) as Continuation
    if (typeof read.rv === 'number' && typeof read.start === 'string') {
      if (read.rv >= api.store.compacted) return read
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
      )
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badRequest('continue key is not valid: invalid token')
}

function checkRevision(exchange: Exchange, api: Api): void {
  const wanted = revisionOf(exchange.parameter('resourceVersion'))
  if (wanted > api.store.revision) throw futureRevision(wanted, api.store.revision)
  const exact = exchange.parameter('resourceVersionMatch') === 'Exact'
  if (exact && wanted < api.store.revision && wanted <= api.store.compacted) {
    throw expired('The resourceVersion for the provided list is too old.')
  }
}

/** A list with its pages. A later page shows the objects as they are now; the first page's revision stays on it. */
export function list(exchange: Exchange, api: Api, resource: Resource, namespace: string | undefined): Fields {
  checkRevision(exchange, api)
  const limit = Number(exchange.parameter('limit') ?? 0)
  const token = exchange.parameter('continue')
  const from = token ? readToken(token, api) : undefined
  const matches = matcherOf(exchange, resource, namespace)
  const found = api.store.list(resource.key, namespace).filter(matches)
  const left = from ? found.filter(({ metadata }) => nameOf(metadata) > from.start) : found
  const page = limit > 0 ? left.slice(0, limit) : left
  const revision = from?.rv ?? api.store.revision
  const last = page.at(-1)
  const more = left.length > page.length && last
  const next: Continuation | undefined = more
    ? { v: 'meta.k8s.io/v1', rv: revision, start: nameOf(last.metadata) }
    : undefined
  const selective = exchange.query.has('labelSelector') || exchange.query.has('fieldSelector')
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      ...(next && { continue: Buffer.from(JSON.stringify(next)).toString('base64url') }),
      ...(next && !selective && { remainingItemCount: left.length - page.length }),
    },
    items: page.map((object) => listed(resource, object)),
  }
}
