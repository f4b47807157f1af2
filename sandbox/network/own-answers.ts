import type { ServerResponse } from 'node:http'
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { RequestFacts } from './conditions.ts'

/** Answers that come from the load balancer itself and not from a target. */
const titles = {
  400: 'Bad Request',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  561: 'Unauthorized',
} as const

type OwnStatus = keyof typeof titles

export const errorPage = (status: OwnStatus) =>
  `<html>\r\n<head><title>${status} ${titles[status]}</title></head>\r\n<body>\r\n<center><h1>${status} ${titles[status]}</h1></center>\r\n</body>\r\n</html>\r\n`

export function answerError(response: ServerResponse, status: OwnStatus): void {
  answer(response, status, errorPage(status), { 'Content-Type': 'text/html' }, titles[status])
}

export function answerFixed(response: ServerResponse, fixed: NonNullable<Action['FixedResponseConfig']>): void {
  const body = fixed.MessageBody ?? ''
  const type = fixed.ContentType ? { 'Content-Type': fixed.ContentType } : {}
  answer(response, Number(fixed.StatusCode), body, { 'Content-Type': 'text/plain; charset=utf-8', ...type })
}

export function answerRedirect(
  response: ServerResponse,
  redirect: NonNullable<Action['RedirectConfig']>,
  request: RequestFacts,
  listener: { protocol: string; port: number },
): void {
  const known: Record<string, string> = {
    protocol: listener.protocol.toLowerCase(),
    host: request.host,
    port: String(listener.port),
    path: request.path.slice(1),
    query: request.query,
  }
  const fill = (text = '') => text.replace(/#\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
  const query = fill(redirect.Query)
  const host = `${fill(redirect.Protocol).toLowerCase()}://${fill(redirect.Host)}:${fill(redirect.Port)}`
  const location = `${host}${fill(redirect.Path)}${query === '' ? '' : `?${query}`}`
  const status = redirect.StatusCode === 'HTTP_301' ? 301 : 302
  answer(response, status, '', { 'Content-Type': 'text/html', Location: location })
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
  message = '',
): void {
  const length = { Server: 'awselb/2.0', 'Content-Length': Buffer.byteLength(body) }
  if (message === '') response.writeHead(status, { ...length, ...headers })
  else response.writeHead(status, message, { ...length, ...headers })
  response.end(body)
}
