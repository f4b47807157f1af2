import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { stringify as stringifyYaml } from 'yaml'
import type { Api } from '../registry/api.ts'
import { featuresOf } from '../versions.ts'
import { internalError, PathNotFound, resourceNotFound, StatusError } from '../status-error.ts'
import { authorise, type Access, type Authenticate } from './authorization.ts'
import { discoveryDocument, serverDocument } from './documents.ts'
import { Exchange } from './exchange.ts'
import { onCollection, onObject, type Answer } from './objects.ts'
import { formOf, represent } from './representation.ts'
import { routeOf } from './routes.ts'

function send(response: ServerResponse, code: number, type: string, body: string | Buffer): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache, private',
  })
  response.end(body)
}

function sendAnswer(exchange: Exchange, { code, body, resource }: Answer): void {
  const { yaml } = formOf(exchange)
  const shown = resource ? represent(exchange, resource, body) : body
  const type = yaml ? 'application/yaml' : 'application/json'
  send(exchange.response, code, type, yaml ? stringifyYaml(shown) : JSON.stringify(shown))
}

function sendError({ response }: Exchange, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
  } else if (error instanceof PathNotFound) {
    send(response, 404, 'text/plain; charset=utf-8', `${error.message}\n`)
  } else {
    const refusal = error instanceof StatusError ? error : internalError((error as Error).message)
    send(response, refusal.code, 'application/json', JSON.stringify(refusal.status))
  }
}

/** The path lies in a group and version that this cluster serves. */
function isServedGroup({ resources }: Api, path: string): boolean {
  const groups = resources.groups().flatMap(({ group, versions }) => versions.map((version) => ({ group, version })))
  return groups.some(({ group, version }) => path.startsWith(`${group ? `/apis/${group}` : '/api'}/${version}/`))
}

async function handle(exchange: Exchange, api: Api, { version, authenticate, tell }: Manners): Promise<void> {
  const route = routeOf(api.resources, exchange.path)
  tell(authorise(exchange, authenticate, route))
  const document = route ? undefined : serverDocument(exchange, api, version)
  if (document) return send(exchange.response, 200, document.type, document.body)
  if (!route) throw isServedGroup(api, exchange.path) ? resourceNotFound() : new PathNotFound()
  if (route.kind !== 'collection' && route.kind !== 'object') {
    const { type, body } = discoveryDocument(exchange, api, version, route)
    return send(exchange.response, 200, type, body)
  }
  const validates = featuresOf(version).fieldValidation
  if (route.resource.warning !== undefined) exchange.warn(route.resource.warning)
  const answer = await (route.kind === 'collection'
    ? onCollection(exchange, api, route, validates)
    : onObject(exchange, api, route, validates))
  if (answer !== 'streaming') sendAnswer(exchange, answer)
}

/** How one API server differs from another. */
export interface Manners {
  /** `1.24` */
  readonly version: string
  readonly authenticate: Authenticate
  /** Is told of every request that its sender may make. */
  readonly tell: (access: Access) => void
}

/** The HTTP side of the API server. */
export function requestListener(api: Api, manners: Manners): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const exchange = new Exchange(request, response)
    handle(exchange, api, manners).catch((error: unknown) => sendError(exchange, error))
  }
}
