import { credentials } from '@grpc/grpc-js'
import engineGrpc from '@pulumi/pulumi/proto/engine_grpc_pb.js'
import engineProto from '@pulumi/pulumi/proto/engine_pb.js'

/** The engine's side of a plugin's log: what a person sees beside a resource (or, without a URN, beside the stack). */
export interface EngineLog {
  info(urn: string, message: string): Promise<void>
  warn(urn: string, message: string): Promise<void>
  close(): void
}

export const silent: EngineLog = { info: async () => {}, warn: async () => {}, close: () => {} }

/** Writes to the engine at `address`, which it tells by Handshake or Attach. */
export function connectLog(address: string): EngineLog {
  const client = new engineGrpc.EngineClient(address, credentials.createInsecure())
  const write = (severity: engineProto.LogSeverity, urn: string, message: string) => {
    const request = new engineProto.LogRequest()
    request.setSeverity(severity)
    request.setMessage(message)
    request.setUrn(urn)
    // An engine that is gone needs no message.
    return new Promise<void>((resolve) => client.log(request, () => resolve()))
  }
  return {
    info: (urn, message) => write(engineProto.LogSeverity.INFO, urn, message),
    warn: (urn, message) => write(engineProto.LogSeverity.WARNING, urn, message),
    close: () => client.close(),
  }
}
