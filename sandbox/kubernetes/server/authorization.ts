import { timingSafeEqual } from 'node:crypto'
import type { Resource } from '../resource.ts'
import { forbiddenTo, unauthorized } from '../status-error.ts'
import { publicPaths } from './documents.ts'
import type { Exchange } from './exchange.ts'
import type { Route } from './routes.ts'

/** What a request does, in the words of Kubernetes' roles. Without a resource: discovery, versions and the like. */
export interface Access {
  readonly verb: string
  readonly path: string
  readonly resource?: Resource
  /** undefined: of the whole cluster. */
  readonly namespace?: string
  readonly subresource?: string
}

/** Who asks. */
export interface Identity {
  readonly username: string
  may(access: Access): boolean
}

/** undefined: a token of nobody. */
export type Authenticate = (token: string) => Identity | undefined

const anonymous: Identity = { username: 'system:anonymous', may: ({ path }) => publicPaths.includes(path) }

/** The token of the cluster's own kubeconfig may do everything; all others are somebody else's to judge. */
export function ownTokenOr(own: string, others: Authenticate | undefined): Authenticate {
  const master: Identity = { username: 'kubernetes-admin', may: () => true }
  return (token) => (sameToken(token, own) ? master : others?.(token))
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * What a request does. 401 for a token of nobody, 403 for what its owner may not do. Without one, a client may read a few public
 * documents.
 */
export function authorise(exchange: Exchange, authenticate: Authenticate, route: Route | undefined): Access {
  const given = /^Bearer (.+)$/.exec(exchange.header('authorization'))?.[1]
  const identity = given === undefined ? anonymous : authenticate(given)
  if (!identity) throw unauthorized()
  const access = accessOf(exchange, route)
  if (identity.may(access)) return access
  throw refusal(identity, access, route)
}

function accessOf(exchange: Exchange, route: Route | undefined): Access {
  const { path, method } = exchange
  if (route?.kind !== 'collection' && route?.kind !== 'object') return { verb: method.toLowerCase(), path }
  const { resource, namespace } = route
  const subresource = route.kind === 'object' ? route.subresource : undefined
  return {
    verb: verbOf(exchange, route.kind),
    path,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(subresource !== undefined && { subresource }),
  }
}

function refusal({ username }: Identity, { verb, path, resource, namespace }: Access, route: Route | undefined) {
  if (!resource) return forbiddenTo(username, verb, `path "${path}"`)
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
  const what = `resource "${resource.plural}" in API group "${resource.group}" ${scope}`
  return forbiddenTo(username, verb, what, resource, route?.kind === 'object' ? route.name : undefined)
}

function verbOf(exchange: Exchange, kind: 'collection' | 'object'): string {
  const many = kind === 'collection'
  switch (exchange.method) {
    case 'GET':
      if (exchange.flag('watch')) return 'watch'
      return many ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'DELETE':
      return many ? 'deletecollection' : 'delete'
    default:
      return exchange.method.toLowerCase()
  }
}
