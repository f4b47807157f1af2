import { randomBytes } from 'node:crypto'
import { credentials, type ServiceError } from '@grpc/grpc-js'
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js'
import providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import pluginProto from '@pulumi/pulumi/proto/plugin_pb.js'
import statusProto from '@pulumi/pulumi/proto/status_pb.js'
import emptyProto from 'google-protobuf/google/protobuf/empty_pb.js'
import { decode, encode, type Properties } from '../../../sandbox/pulumi/properties.ts'

const kinds = ['add', 'add-replace', 'delete', 'delete-replace', 'update', 'update-replace']

/** A plugin's gRPC service as the engine calls it, over a connection of its own. */
export class ProviderClient {
  readonly #client: InstanceType<typeof providerGrpc.ResourceProviderClient>
  readonly #type: string
  readonly #seed = randomBytes(32)
  readonly urn: string

  constructor(port: number, type: string, name = 'thing') {
    // Without this, clients of one process share a connection, which is what the plugin tells engines apart by.
    const options = { 'grpc.use_local_subchannel_pool': 1 }
    const address = `127.0.0.1:${port}`
    this.#client = new providerGrpc.ResourceProviderClient(address, credentials.createInsecure(), options)
    this.#type = type
    this.urn = `urn:pulumi:dev::test::${type}::${name}`
  }

  async configure(options: Properties): Promise<void> {
    const request = new providerProto.ConfigureRequest()
    request.setArgs(encode(options))
    await this.#call('configure', request)
  }

  async attach(address: string): Promise<void> {
    const request = new pluginProto.PluginAttach()
    request.setAddress(address)
    await this.#call('attach', request)
  }

  async cancel(): Promise<void> {
    await this.#call('cancel', new emptyProto.Empty())
  }

  async check(news: Properties, olds: Properties = {}) {
    const request = this.#about(new providerProto.CheckRequest())
    request.setNews(encode(news))
    request.setOlds(encode(olds))
    request.setRandomseed(this.#seed)
    const response = await this.#call<providerProto.CheckResponse>('check', request)
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`)
    return { inputs: decode(response.getInputs()), failures }
  }

  async diff(id: string, state: Properties, news: Properties, ignoreChanges: string[] = []) {
    const request = this.#about(new providerProto.DiffRequest())
    request.setId(id)
    request.setOlds(encode(state))
    request.setNews(encode(news))
    request.setIgnorechangesList(ignoreChanges)
    return readDiff(await this.#call<providerProto.DiffResponse>('diff', request))
  }

  async diffConfig(olds: Properties, news: Properties) {
    const request = this.#about(new providerProto.DiffRequest())
    request.setOlds(encode(olds))
    request.setNews(encode(news))
    return readDiff(await this.#call<providerProto.DiffResponse>('diffConfig', request))
  }

  async create(inputs: Properties, options: { preview?: boolean; timeoutSeconds?: number } = {}) {
    const request = this.#about(new providerProto.CreateRequest())
    request.setProperties(encode(inputs))
    request.setPreview(options.preview ?? false)
    request.setTimeout(options.timeoutSeconds ?? 0)
    const response = await this.#call<providerProto.CreateResponse>('create', request)
    return { id: response.getId(), state: decode(response.getProperties()) }
  }

  /** What the program says, checked and then created. */
  async make(news: Properties) {
    const { inputs, failures } = await this.check(news)
    if (failures.length > 0) throw new Error(failures.join('\n'))
    return { inputs, ...(await this.create(inputs)) }
  }

  /** Without a state: as for an import. */
  async read(id: string, state: Properties = {}, inputs: Properties = {}) {
    const request = this.#about(new providerProto.ReadRequest())
    request.setId(id)
    request.setProperties(encode(state))
    request.setInputs(encode(inputs))
    const response = await this.#call<providerProto.ReadResponse>('read', request)
    return { id: response.getId(), state: decode(response.getProperties()), inputs: decode(response.getInputs()) }
  }

  async update(
    id: string,
    state: Properties,
    news: Properties,
    options: { preview?: boolean; ignore?: string[] } = {},
  ) {
    const request = this.#about(new providerProto.UpdateRequest())
    request.setId(id)
    request.setOlds(encode(state))
    request.setNews(encode(news))
    request.setPreview(options.preview ?? false)
    request.setIgnorechangesList(options.ignore ?? [])
    return decode((await this.#call<providerProto.UpdateResponse>('update', request)).getProperties())
  }

  async delete(id: string, state: Properties, timeoutSeconds = 0): Promise<void> {
    const request = this.#about(new providerProto.DeleteRequest())
    request.setId(id)
    request.setProperties(encode(state))
    request.setTimeout(timeoutSeconds)
    await this.#call('delete', request)
  }

  async invoke(token: string): Promise<Properties> {
    const request = new providerProto.InvokeRequest()
    request.setTok(token)
    return decode((await this.#call<providerProto.InvokeResponse>('invoke', request)).getReturn())
  }

  close(): void {
    this.#client.close()
  }

  #about<Request extends { setUrn(urn: string): unknown; setType(type: string): unknown }>(request: Request): Request {
    request.setUrn(this.urn)
    request.setType(this.#type)
    return request
  }

  #call<Response>(method: string, request: unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = (this.#client as any)[method].bind(this.#client)
      call(request, (error: ServiceError | null, response: Response) => (error ? reject(error) : resolve(response)))
    })
  }
}

function readDiff(response: providerProto.DiffResponse) {
  const detailed: Record<string, string> = {}
  response.getDetaileddiffMap().forEach((diff: providerProto.PropertyDiff, path: string) => {
    detailed[path] = kinds[diff.getKind()] ?? ''
  })
  return {
    changes: response.getChanges() === providerProto.DiffResponse.DiffChanges.DIFF_SOME,
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed,
  }
}

/** What a failed creation says about the resource that exists nevertheless. */
export function initFailure(error: unknown): { id: string; state: Properties; reasons: string[] } {
  const [bytes] = (error as ServiceError).metadata.get('grpc-status-details-bin')
  const status = statusProto.Status.deserializeBinary(bytes as Buffer)
  const [any] = status.getDetailsList()
  const detail = providerProto.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array())
  return { id: detail.getId(), state: decode(detail.getProperties()), reasons: detail.getReasonsList() }
}
