import type { IncomingHttpHeaders } from 'node:http'
import type { AwsError } from '../cloud/errors.ts'
import type { OperationModel, ServiceModel } from './model.ts'

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly body: Buffer
}

export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Troubles that every service has, in the words of those that speak this protocol. */
export interface CommonErrors {
  readonly throttled: (service: ServiceModel) => AwsError
  readonly internal: (service: ServiceModel) => AwsError
  readonly unavailable: (service: ServiceModel) => AwsError
}

/** One wire format of AWS: pure functions between HTTP and the typed inputs, outputs and errors of operations. */
export interface Protocol {
  readonly errors: CommonErrors
  /** The name of the operation that a request asks for; empty when it is none of the service's. */
  operationName(request: WireRequest, service: ServiceModel): string
  /** What is answered when the service has no operation of that name. */
  unknownOperation(name: string, service: ServiceModel): AwsError
  /** The operation's input; complete as far as the schema can tell. */
  input(request: WireRequest, operation: OperationModel): unknown
  output(value: unknown, operation: OperationModel, service: ServiceModel, requestId: string): WireResponse
  failure(error: AwsError, service: ServiceModel, requestId: string): WireResponse
}
