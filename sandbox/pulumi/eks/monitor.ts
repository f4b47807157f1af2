import { credentials, type ServiceError } from '@grpc/grpc-js'
import type providerProto from '@pulumi/pulumi/proto/provider_pb.js'
import resourceGrpc from '@pulumi/pulumi/proto/resource_grpc_pb.js'
import resourceProto from '@pulumi/pulumi/proto/resource_pb.js'
import { decode, encode, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { resourceReference } from './references.ts'

/** What the engine made of a resource. */
export interface Registered {
  readonly urn: string
  /** UNKNOWN in a preview of something new; of a component it is empty. */
  readonly id: string
  readonly outputs: Properties
  /** For an output that is the resource itself. */
  readonly reference: Value
}

export interface Registration {
  readonly type: string
  readonly name: string
  readonly parent: string
  readonly inputs: Properties
  /** `urn::id`; none: the engine's default provider of the package. */
  readonly provider?: string | undefined
  readonly dependencies?: readonly string[]
  readonly ignoreChanges?: readonly string[]
  /** Of a component: what the program said about it. */
  readonly prepare?: (request: resourceProto.RegisterResourceRequest) => void
}

/** The official component's own dependencies; where the program's project names plugins by folder, any version fits. */
const versions: Readonly<Record<string, string>> = { aws: '7.48.0', kubernetes: '4.34.2' }

/** The engine's side of a program, for the components of one call of Construct. */
export class Monitor {
  readonly #client: InstanceType<typeof resourceGrpc.ResourceMonitorClient>

  constructor(address: string) {
    this.#client = new resourceGrpc.ResourceMonitorClient(address, credentials.createInsecure())
  }

  /** A resource of a provider. Fails when the engine could not make it; the engine has told why by then. */
  async custom(registration: Registration): Promise<Registered> {
    const request = requestOf(registration)
    request.setCustom(true)
    request.setProvider(registration.provider ?? '')
    const [, provided = ''] = registration.type.split('pulumi:providers:')
    request.setVersion(versions[provided || (registration.type.split(':')[0] ?? '')] ?? '')
    return this.#register(request)
  }

  async component(registration: Registration): Promise<Registered> {
    return this.#register(requestOf(registration))
  }

  async outputs(urn: string, outputs: Properties): Promise<void> {
    const request = new resourceProto.RegisterResourceOutputsRequest()
    request.setUrn(urn)
    request.setOutputs(encode(outputs))
    await this.#call('registerResourceOutputs', request)
  }

  /** The outputs of a function of a provider. */
  async invoke(token: string, args: Properties, provider?: string): Promise<Properties> {
    const request = new resourceProto.ResourceInvokeRequest()
    request.setTok(token)
    request.setArgs(encode(args))
    request.setProvider(provider ?? '')
    request.setVersion(token.startsWith('pulumi:') ? '' : (versions[token.split(':')[0] ?? ''] ?? ''))
    request.setAcceptresources(true)
    const response = await this.#call<providerProto.InvokeResponse>('invoke', request)
    const failures = response.getFailuresList().map((failure) => failure.getReason())
    if (failures.length > 0) throw new Error(`invocation of ${token} failed: ${failures.join('; ')}`)
    return decode(response.getReturn())
  }

  close(): void {
    this.#client.close()
  }

  async #register(request: resourceProto.RegisterResourceRequest): Promise<Registered> {
    const response = await this.#call<resourceProto.RegisterResourceResponse>('registerResource', request)
    if (response.getResult() !== resourceProto.Result.SUCCESS)
      throw new Error(`resource ${request.getName()} [${request.getType()}] was not registered`)
    const [urn, isCustom] = [response.getUrn(), request.getCustom()]
    const id = isCustom ? response.getId() || UNKNOWN : ''
    const reference = resourceReference(urn, isCustom ? id : undefined, request.getVersion())
    return { urn, id, outputs: decode(response.getObject()), reference }
  }

  #call<Response>(method: 'registerResource' | 'registerResourceOutputs' | 'invoke', request: unknown) {
    return new Promise<Response>((resolve, reject) => {
      const answer = (error: ServiceError | null, response: unknown) =>
        error ? reject(new Error(error.details, { cause: error })) : resolve(response as Response)
      const client = this.#client as unknown as Record<typeof method, (asked: unknown, told: typeof answer) => void>
      client[method](request, answer)
    })
  }
}

function requestOf(registration: Registration): resourceProto.RegisterResourceRequest {
  const { type, name, parent, inputs, dependencies = [], ignoreChanges = [], prepare } = registration
  const request = new resourceProto.RegisterResourceRequest()
  request.setType(type)
  request.setName(name)
  request.setParent(parent)
  request.setObject(encode(inputs))
  request.setAcceptsecrets(true)
  request.setAcceptresources(true)
  request.setAliasspecs(true)
  request.setSupportsresultreporting(true)
  request.setDependenciesList([...dependencies])
  request.setIgnorechangesList([...ignoreChanges])
  prepare?.(request)
  return request
}
