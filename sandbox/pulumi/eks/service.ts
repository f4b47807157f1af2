import type { Server } from '@grpc/grpc-js'
import pluginProto from '@pulumi/pulumi/proto/plugin_pb.js'
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import emptyProto from 'google-protobuf/google/protobuf/empty_pb.js'
import { connectLog, silent, type EngineLog } from '../engine-log.ts'
import { decode, encode } from '../properties.ts'
import type { Connection, Gateway } from '../server.ts'
import { properties } from './component.ts'
import { construct } from './construct.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { Monitor } from './monitor.ts'
import { plainArguments } from './references.ts'

/** Serves the engine's ResourceProvider protocol for a package of components alone: it has no resources of its own. */
export function addEksService(server: Server, gateway: Gateway, version: string): void {
  server.addService(providerGrpc.ResourceProviderService, {
    ...engineMethods(gateway, version),
    ...configurationMethods(gateway),
    construct: gateway.unary(async (request: providerProto.ConstructRequest, { connection }) =>
      construct(request, logs.get(connection) ?? silent),
    ),
    call: gateway.unary(call),
  })
}

const logs = new WeakMap<Connection, EngineLog>()

function attach(connection: Connection, address: string): void {
  const log = connectLog(address)
  logs.get(connection)?.close()
  logs.set(connection, log)
  connection.closed.addEventListener('abort', () => log.close())
}

function engineMethods(gateway: Gateway, version: string) {
  return {
    handshake: gateway.unary(async (request: providerProto.ProviderHandshakeRequest, { connection }) => {
      attach(connection, request.getEngineAddress())
      const response = new providerProto.ProviderHandshakeResponse()
      response.setAcceptSecrets(true)
      response.setAcceptResources(true)
      response.setAcceptOutputs(true)
      return response
    }),
    attach: gateway.unary(async (request: pluginProto.PluginAttach, { connection }) => {
      attach(connection, request.getAddress())
      return new emptyProto.Empty()
    }),
    cancel: gateway.unary(async () => new emptyProto.Empty()),
    getPluginInfo: gateway.unary(async () => {
      const response = new pluginProto.PluginInfo()
      response.setVersion(version)
      return response
    }),
  }
}

/** A provider of components has nothing to configure. */
function configurationMethods(gateway: Gateway) {
  return {
    checkConfig: gateway.unary(async (request: providerProto.CheckRequest) => {
      const response = new providerProto.CheckResponse()
      response.setInputs(request.getNews())
      return response
    }),
    diffConfig: gateway.unary(async () => {
      const response = new providerProto.DiffResponse()
      response.setChanges(providerProto.DiffResponse.DiffChanges.DIFF_NONE)
      return response
    }),
    configure: gateway.unary(async () => {
      const response = new providerProto.ConfigureResponse()
      response.setAcceptsecrets(true)
      response.setAcceptresources(true)
      response.setAcceptoutputs(true)
      response.setSupportspreview(true)
      return response
    }),
  }
}

/** The one method that a component of the package has: a kubeconfig for another profile or role. */
async function call(request: providerProto.CallRequest): Promise<providerProto.CallResponse> {
  if (request.getTok() !== 'eks:index:Cluster/getKubeconfig') throw new Error(`unknown method ${request.getTok()}`)
  const monitor = new Monitor(request.getMonitorendpoint())
  try {
    const args = plainArguments(decode(request.getArgs()))
    const resolve = (value: unknown) => properties({ monitor }, value as never)
    const { eksCluster } = await resolve(args.__self__)
    const { name = '', endpoint = '', certificateAuthority } = await resolve(eksCluster)
    const { data = '' } = await resolve(certificateAuthority)
    const { profileName: profile, roleArn } = args
    const whole = { cluster: name, endpoint, certificateAuthority: data, profile, roleArn }
    const response = new providerProto.CallResponse()
    response.setReturn(encode({ result: JSON.stringify(kubeconfigOf(whole)) }))
    return response
  } finally {
    monitor.close()
  }
}
