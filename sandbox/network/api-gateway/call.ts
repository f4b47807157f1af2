import type { IncomingHttpHeaders } from 'node:http'
import type { OwnAnswer } from './answers.ts'

/** What API Gateway knows of a request when it looks for its integration. */
export interface GatewayRequest {
  readonly method: string
  /** Behind the stage's name, beginning with a slash, as sent. */
  readonly path: string
  /** Without the question mark, as sent. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
}

/** A request to a load balancer's listener in the VPC. */
export interface IntegrationCall {
  readonly loadBalancerArn: string
  readonly port: number
  readonly method: string
  /** With the query. */
  readonly path: string
  /** The Host header that the backend sees. */
  readonly host: string
  /** In addition to the client's own, and stronger. */
  readonly headers: Readonly<Record<string, string>>
  /** AWS seconds. */
  readonly timeoutSeconds: number
}

export type Decision = { readonly call: IntegrationCall } | { readonly own: OwnAnswer }
