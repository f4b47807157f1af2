import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import statusProto from '@pulumi/pulumi/proto/status_pb.js'
import anyProto from 'google-protobuf/google/protobuf/any_pb.js'
import { encode, type Properties } from './properties.ts'

/** The resource exists, but is not as asked. The engine keeps its state and tries again with the next update. */
export class InitFailed extends Error {
  readonly id: string
  readonly state: Properties
  readonly reasons: string[]

  constructor(id: string, state: Properties, reasons: string[], options?: ErrorOptions) {
    super(reasons.join('\n'), options)
    this.id = id
    this.state = state
    this.reasons = reasons
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Go providers answer every failure with the code UNKNOWN and the words of the error, and so does this. */
export function toServiceError(error: unknown): ServiceError {
  const metadata = new Metadata()
  if (error instanceof InitFailed) metadata.set('grpc-status-details-bin', initFailedDetails(error))
  const details = messageOf(error)
  return Object.assign(new Error(details), { code: status.UNKNOWN, details, metadata })
}

function initFailedDetails(error: InitFailed): Buffer {
  const detail = new providerProto.ErrorResourceInitFailed()
  detail.setId(error.id)
  detail.setProperties(encode(error.state))
  detail.setReasonsList(error.reasons)
  const packed = new anyProto.Any()
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed')
  const message = new statusProto.Status()
  message.setCode(status.UNKNOWN)
  message.setMessage(error.message)
  message.setDetailsList([packed])
  return Buffer.from(message.serializeBinary())
}
