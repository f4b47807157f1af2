import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CutoverError, errorCodes, type ErrorCode } from '../automation/errors.ts'
import { faultsFrom } from '../automation/schema.ts'

/** Every error code as an HTTP status; the one table. Codes that only end operations have the status that they would have. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  'inventory-invalid': 400,
  'workload-under-way': 409,
  'not-found': 404,
  'wrong-phase': 409,
  'switch-point-refused': 409,
  'switch-point-claimed': 409,
  'switch-point-changed': 409,
  'gate-closed': 409,
  'operation-in-progress': 409,
  held: 409,
  'plan-stale': 409,
  'past-point-of-no-return': 409,
  'roll-back-first': 409,
  'blue-unhealthy': 409,
  'invariant-violated': 409,
  'adoption-would-change': 409,
  'split-not-in-effect': 409,
  'aws-failed': 503,
  'cluster-unreachable': 503,
  'engine-failed': 503,
  'engine-missing': 503,
  'stack-locked': 409,
  'stack-missing': 409,
  'stack-damaged': 409,
  cancelled: 409,
  interrupted: 503,
  'cluster-not-built': 409,
  'cluster-given': 409,
  'cluster-under-way': 409,
  'version-not-offered': 409,
  'trust-policy-refused': 409,
  'workload-not-empty': 409,
  'time-past': 422,
  'not-confirmed': 409,
  forbidden: 403,
  'two-persons': 403,
  'issuer-unreachable': 503,
  'idempotency-mismatch': 422,
  'not-accepting': 503,
}

/** RFC 9457. `code` is stable; the other members are what a caller can act on. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly [member: string]: unknown
}

export const problemOf = (
  code: ErrorCode,
  detail: string,
  details: Readonly<Record<string, unknown>> = {},
): Problem => ({
  ...details,
  type: `urn:eks-cutover:error:${code}`,
  title: errorCodes[code],
  status: statusOf[code],
  code,
  detail,
})

/** Errors that arise before a request is understood; their codes are HTTP's own. */
function httpProblem(status: number, detail: string, members: Readonly<Record<string, unknown>> = {}): Problem {
  const titles: Readonly<Record<number, [string, string]>> = {
    400: ['bad-request', 'The request is not what the API describes.'],
    401: ['unauthenticated', 'Nobody is known by what the request brings.'],
    404: ['no-such-route', 'There is nothing at this path.'],
    405: ['method-not-allowed', 'The path is there, and this is nothing that can be done with it.'],
    406: ['not-acceptable', 'The answer cannot be given in a form that the request accepts.'],
    413: ['body-too-large', 'The body is larger than 1 MiB.'],
    408: ['request-too-slow', 'The request took too long to arrive.'],
    415: ['unsupported-media-type', 'The body is neither JSON nor, for an inventory, YAML.'],
    429: ['too-many-requests', 'There were more requests in a second than are answered.'],
    431: ['header-too-large', 'The header is larger than 16 KiB.'],
  }
  const [code, title] = titles[status] ?? ['bad-request', 'The request could not be read.']
  return { ...members, type: `urn:eks-cutover:error:${code}`, title, status, code, detail }
}

/** What programs that know nothing of our codes go by. */
const headersOf: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer realm="eks-cutover"' },
  429: { 'retry-after': '1' },
  503: { 'retry-after': '2' },
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  void reply.headers(headersOf[problem.status] ?? {})
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem))
}

/** No answer leaks what went wrong inside: that is for the log. */
export function handleError(
  error: FastifyError | CutoverError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof CutoverError) {
    request.refusal = error
    if (statusOf[error.code] >= 500) request.log.warn({ err: error }, error.code)
    return sendProblem(reply, problemOf(error.code, error.message, error.details))
  }
  if (error.validation) {
    const where = error.validationContext ?? 'request'
    const errors = faultsFrom(error.validation)
    const detail = errors.map(({ pointer, message }) => `${where}${pointer}: ${message}`).join('; ')
    return sendProblem(reply, httpProblem(400, detail, { errors, in: where }))
  }
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return sendProblem(reply, httpProblem(status, error.message))
  request.log.error({ err: error }, 'a request could not be answered')
  const detail = 'The service could not answer; its log says why.'
  const problem = {
    type: 'urn:eks-cutover:error:internal',
    title: 'Internal error.',
    status: 500,
    code: 'internal',
    detail,
  }
  return sendProblem(reply, problem)
}

/** Before there is a request: the header is too large, too slow or no HTTP. */
export function handleClientError(error: ConnectionError, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }
  const problem = httpProblem(
    statuses[error.code ?? ''] ?? 400,
    'the request could not be read; the connection is closed',
  )
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, httpProblem(404, `there is no ${request.method} ${request.url.split('?')[0] ?? ''}`))
}
