import type { handleUnaryCall, Server } from '@grpc/grpc-js'
import pluginProto from '@pulumi/pulumi/proto/plugin_pb.js'
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import emptyProto from 'google-protobuf/google/protobuf/empty_pb.js'
import { connectLog, silent, type EngineLog } from './engine-log.ts'
import { decode, encode, type Properties } from './properties.ts'
import type { DiffKind, Difference, Provider, ResourceCall } from './provider.ts'
import type { Arrival, Connection, Gateway } from './server.ts'

/** What one connection has told so far. */
interface Session {
  readonly provider: Provider
  readonly cancelled: AbortController
  log: EngineLog
}

interface ResourceRequest {
  getUrn(): string
  getType(): string
  getName(): string
  getTimeout?(): number
}

const kinds: Record<DiffKind, providerProto.PropertyDiff.Kind> = {
  add: providerProto.PropertyDiff.Kind.ADD,
  'add-replace': providerProto.PropertyDiff.Kind.ADD_REPLACE,
  delete: providerProto.PropertyDiff.Kind.DELETE,
  'delete-replace': providerProto.PropertyDiff.Kind.DELETE_REPLACE,
  update: providerProto.PropertyDiff.Kind.UPDATE,
  'update-replace': providerProto.PropertyDiff.Kind.UPDATE_REPLACE,
}

/** Serves the engine's ResourceProvider protocol with one provider for each connection. */
export function addProviderService(
  server: Server,
  gateway: Gateway,
  createProvider: () => Provider,
  version: string,
): void {
  const sessions = new SessionTable(createProvider)
  const method: Method = (handle) =>
    gateway.unary((request, arrival) => handle(request, sessions.of(arrival.connection), arrival))
  server.addService(providerGrpc.ResourceProviderService, {
    ...engineMethods(method, version),
    ...configurationMethods(method),
    ...planningMethods(method),
    ...resourceMethods(method),
  })
}

class SessionTable {
  readonly #sessions = new WeakMap<Connection, Session>()
  readonly #createProvider: () => Provider

  constructor(createProvider: () => Provider) {
    this.#createProvider = createProvider
  }

  of(connection: Connection): Session {
    const known = this.#sessions.get(connection)
    if (known) return known
    const session: Session = { provider: this.#createProvider(), cancelled: new AbortController(), log: silent }
    this.#sessions.set(connection, session)
    connection.closed.addEventListener('abort', () => {
      session.log.close()
      session.provider.close()
    })
    return session
  }
}

type Method = <Request, Response>(
  handle: (request: Request, session: Session, arrival: Arrival) => Promise<Response>,
) => handleUnaryCall<Request, Response>

function resourceCall(request: ResourceRequest, session: Session, arrival: Arrival): ResourceCall {
  const urn = request.getUrn()
  const [, , type = ''] = urn.split('::')
  return {
    urn,
    type: request.getType() || (type.split('$').at(-1) ?? ''),
    name: request.getName() || urn.split('::').slice(3).join('::'),
    // Zero is the protocol's word for "none given".
    timeoutSeconds: request.getTimeout?.() || undefined,
    ...plainCall(session, arrival, urn),
  }
}

function plainCall(session: Session, arrival: Arrival, urn = '') {
  return {
    signal: AbortSignal.any([arrival.signal, session.cancelled.signal]),
    warn: (message: string) => session.log.warn(urn, message),
  }
}

function engineMethods(method: Method, version: string) {
  const attach = (session: Session, address: string) => {
    session.log.close()
    session.log = connectLog(address)
  }
  return {
    handshake: method(async (request: providerProto.ProviderHandshakeRequest, session) => {
      attach(session, request.getEngineAddress())
      const response = new providerProto.ProviderHandshakeResponse()
      response.setAcceptSecrets(session.provider.acceptSecrets)
      response.setSupportsAutonamingConfiguration(true)
      return response
    }),
    attach: method(async (request: pluginProto.PluginAttach, session) => {
      attach(session, request.getAddress())
      return new emptyProto.Empty()
    }),
    cancel: method(async (_: emptyProto.Empty, session) => {
      session.cancelled.abort(new Error('the update was cancelled'))
      return new emptyProto.Empty()
    }),
    getPluginInfo: method(async () => {
      const response = new pluginProto.PluginInfo()
      response.setVersion(version)
      return response
    }),
  }
}

function configurationMethods(method: Method) {
  return {
    checkConfig: method(async (request: providerProto.CheckRequest) => {
      const response = new providerProto.CheckResponse()
      response.setInputs(request.getNews())
      return response
    }),
    diffConfig: method(async (request: providerProto.DiffRequest, session) =>
      diffResponse(session.provider.diffConfig(decode(request.getOlds()), decode(request.getNews()))),
    ),
    configure: method(async (request: providerProto.ConfigureRequest, session, arrival) => {
      await session.provider.configure(decode(request.getArgs()), plainCall(session, arrival))
      const response = new providerProto.ConfigureResponse()
      response.setAcceptsecrets(session.provider.acceptSecrets)
      response.setSupportspreview(true)
      response.setSupportsAutonamingConfiguration(true)
      return response
    }),
    invoke: method(async (request: providerProto.InvokeRequest, session, arrival) => {
      const call = plainCall(session, arrival)
      const result = await session.provider.invoke(request.getTok(), decode(request.getArgs()), call)
      const response = new providerProto.InvokeResponse()
      response.setReturn(encode(result))
      return response
    }),
  }
}

function planningMethods(method: Method) {
  return {
    check: method(async (request: providerProto.CheckRequest, session, arrival) => {
      const olds = decode(request.getOlds())
      const checked = await session.provider.check(
        {
          // Of a new resource the engine sends none or empty ones.
          olds: Object.keys(olds).length > 0 ? olds : undefined,
          news: decode(request.getNews()),
          seed: request.getRandomseed_asU8(),
          proposedName: request.getAutonaming()?.getProposedName() || undefined,
        },
        resourceCall(request, session, arrival),
      )
      const response = new providerProto.CheckResponse()
      response.setInputs(encode(checked.inputs))
      response.setFailuresList(
        checked.failures.map(({ property, reason }) => {
          const failure = new providerProto.CheckFailure()
          failure.setProperty(property)
          failure.setReason(reason)
          return failure
        }),
      )
      return response
    }),
    diff: method(async (request: providerProto.DiffRequest, session, arrival) =>
      diffResponse(
        await session.provider.diff(
          {
            id: request.getId(),
            state: decode(request.getOlds()),
            news: decode(request.getNews()),
            ignoreChanges: request.getIgnorechangesList(),
          },
          resourceCall(request, session, arrival),
        ),
      ),
    ),
  }
}

function diffResponse({ detailed, deleteBeforeReplace }: Difference): providerProto.DiffResponse {
  const response = new providerProto.DiffResponse()
  const entries = Object.entries(detailed)
  const topLevel = (paths: [string, DiffKind][]) => [...new Set(paths.map(([path]) => path.split(/[.[]/)[0] ?? path))]
  response.setChanges(providerProto.DiffResponse.DiffChanges[entries.length === 0 ? 'DIFF_NONE' : 'DIFF_SOME'])
  response.setDiffsList(topLevel(entries).sort())
  response.setReplacesList(topLevel(entries.filter(([, kind]) => kind.endsWith('-replace'))).sort())
  response.setDeletebeforereplace(deleteBeforeReplace)
  response.setHasdetaileddiff(true)
  for (const [path, kind] of entries) {
    const diff = new providerProto.PropertyDiff()
    diff.setKind(kinds[kind])
    response.getDetaileddiffMap().set(path, diff)
  }
  return response
}

function resourceMethods(method: Method) {
  return {
    create: method(async (request: providerProto.CreateRequest, session, arrival) => {
      const created = await session.provider.create(
        { inputs: decode(request.getProperties()), preview: request.getPreview() },
        resourceCall(request, session, arrival),
      )
      const response = new providerProto.CreateResponse()
      response.setId(created.id)
      response.setProperties(encode(created.state))
      return response
    }),
    read: method(async (request: providerProto.ReadRequest, session, arrival) => {
      const found = await session.provider.read(
        { id: request.getId(), state: decode(request.getProperties()), inputs: decode(request.getInputs()) },
        resourceCall(request, session, arrival),
      )
      const response = new providerProto.ReadResponse()
      if (!found) return response
      response.setId(found.id)
      response.setProperties(encode(found.state))
      response.setInputs(encode(found.inputs))
      return response
    }),
    update: method(async (request: providerProto.UpdateRequest, session, arrival) => {
      const state: Properties = await session.provider.update(
        {
          id: request.getId(),
          state: decode(request.getOlds()),
          news: decode(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
          preview: request.getPreview(),
        },
        resourceCall(request, session, arrival),
      )
      const response = new providerProto.UpdateResponse()
      response.setProperties(encode(state))
      return response
    }),
    delete: method(async (request: providerProto.DeleteRequest, session, arrival) => {
      const call = resourceCall(request, session, arrival)
      await session.provider.delete({ id: request.getId(), state: decode(request.getProperties()) }, call)
      return new emptyProto.Empty()
    }),
  }
}
