import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** An answer that comes from API Gateway itself and not from an integration. */
export interface OwnAnswer {
  readonly status: number
  readonly message: string
  /** For `x-amzn-ErrorType`; HTTP APIs have none. */
  readonly errorType?: string
}

/** Nobody has the API, or it has no such stage. */
export const forbidden: OwnAnswer = { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' }

/** Of a REST API. The stage is there and serves nothing at the path, or not with this method. */
export const missingToken: OwnAnswer = {
  status: 403,
  message: 'Missing Authentication Token',
  errorType: 'MissingAuthenticationTokenException',
}

/** Of an HTTP API without a route for the request. */
export const notFound: OwnAnswer = { status: 404, message: 'Not Found' }

export const internalError: OwnAnswer = {
  status: 500,
  message: 'Internal server error',
  errorType: 'InternalServerErrorException',
}

export const badGateway: OwnAnswer = { ...internalError, status: 502 }

const gatewayTimeout = { status: 504, errorType: 'GatewayTimeoutException' }
export const timedOut: OwnAnswer = { ...gatewayTimeout, message: 'Endpoint request timed out' }
export const networkError: OwnAnswer = { ...gatewayTimeout, message: 'Network error communicating with endpoint' }

/** Of an HTTP API whose integration cannot be reached or says nothing. */
export const serviceUnavailable: OwnAnswer = { status: 503, message: 'Service Unavailable' }

export const requestIds = (): [string, string][] => [['x-amzn-RequestId', randomUUID()]]

export function answer(response: ServerResponse, { status, message, errorType }: OwnAnswer): void {
  const body = JSON.stringify({ message })
  const type = errorType === undefined ? {} : { 'x-amzn-ErrorType': errorType }
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...Object.fromEntries(requestIds()),
    ...type,
  })
  response.end(body)
}
