import { Agent, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { AddressBook, Socket } from '../../network/addresses.ts'
import { BackendNotFound, readyPods, type ServiceReference } from '../load-balancer-controller/backends.ts'
import type { Program } from '../pods/container-server.ts'
import type { Store } from '../store/store.ts'
import { routeOf } from './routes.ts'

/** The repository of ingress-nginx's image; any tag. */
const repository = 'registry.k8s.io/ingress-nginx/controller'

export const isIngressImage = (image: string): boolean => image === repository || image.startsWith(`${repository}:`)

export const ingressClass = 'nginx'

/**
 * What the pods of the ingress controller do: they look at the Ingresses of their class and send each request to a ready pod
 * of the Service that a rule names, in turn. Pods are found by their addresses, past kube-proxy, as ingress-nginx does.
 * A change of an Ingress or of endpoints acts at once.
 */
export function ingressProgram(store: Store, addresses: AddressBook): { receive: Program; close: () => void } {
  const agent = new Agent({ keepAlive: true })
  let turn = 0
  const next = (reference: ServiceReference): Socket | undefined => {
    const pods = podsOf(store, reference)
    turn += 1
    const pod = pods[turn % Math.max(pods.length, 1)]
    return pod && addresses.resolve(pod.ip, pod.port)
  }
  return {
    receive(request, response) {
      const { host, path } = askedFor(request)
      if (path === '/healthz' && host === '') return refuse(request, response, 200)
      const reference = routeOf(store, ingressClass, host, path)
      if (!reference) return refuse(request, response, path === '/healthz' ? 200 : 404)
      const socket = next(reference)
      if (!socket) return refuse(request, response, 503)
      relay(request, response, socket, agent)
    },
    close: () => agent.destroy(),
  }
}

function podsOf(store: Store, reference: ServiceReference) {
  try {
    return readyPods(store, reference)
  } catch (error) {
    if (error instanceof BackendNotFound) return []
    throw error
  }
}

const askedFor = ({ headers, url = '/' }: IncomingMessage) => ({
  host: (headers.host ?? '').replace(/:\d+$/, '').toLowerCase(),
  path: url.split('?')[0] ?? '/',
})

const titles = { 200: 'OK', 404: 'Not Found', 502: 'Bad Gateway', 503: 'Service Temporarily Unavailable' }

/** nginx's own pages. `/healthz` that no rule wants is the controller's own. */
function refuse(request: IncomingMessage, response: ServerResponse, status: keyof typeof titles): void {
  request.resume()
  const title = `${status} ${titles[status]}`
  response.writeHead(status, { 'content-type': 'text/html' })
  response.end(
    status === 200
      ? ''
      : `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  )
}

const ownHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding'])

const passedOn = (headers: IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)))

function relay(request: IncomingMessage, response: ServerResponse, socket: Socket, agent: Agent | false): void {
  const chunked = request.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }
  const headers = { ...passedOn(request.headers), ...chunked }
  const call = send({ ...socket, agent, method: request.method, path: request.url, headers })
  const abandon = () => {
    if (!response.writableFinished) call.destroy()
  }
  response.once('close', abandon)
  call.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers))
    pipeline(answer, response, () => undefined)
  })
  call.on('error', () => {
    response.off('close', abandon)
    if (response.headersSent || response.destroyed) return response.destroy()
    // A pod that leaves closes its idle connections; nginx then tries again what changes nothing.
    if (call.reusedSocket && isRepeatable(request)) return relay(request, response, socket, false)
    refuse(request, response, 502)
  })
  if (isRepeatable(request)) call.end()
  else request.pipe(call)
}

const isRepeatable = ({ method, headers }: IncomingMessage): boolean =>
  ['GET', 'HEAD'].includes(method ?? '') &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined
