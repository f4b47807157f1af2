import { setTimeout as delay } from 'node:timers/promises'
import { AwsError } from '../cloud/errors.ts'
import type { World } from '../cloud/world.ts'
import type { Faults, TerminalEffect } from '../faults.ts'
import { credentialOf, type Credential } from './credential.ts'
import { modelOf, type Service, type ServiceModel } from './model.ts'
import type { CommonErrors, Protocol, WireRequest, WireResponse } from './protocol.ts'
import { protocolOf } from './protocols.ts'
import { arnsIn, requirePermission, unallowed } from './permission.ts'
import { unrouted } from './unrouted.ts'

export type Services = Readonly<Record<string, Service>>

/** What became of a request. */
export interface Outcome {
  readonly service: string
  readonly operation: string
  readonly accessKeyId: string
  readonly errorCode?: string
  /** As the operation got it; absent when it was not asked. */
  readonly input?: unknown
  readonly made?: readonly string[]
  /** undefined: the connection is cut. */
  readonly response: WireResponse | undefined
}

/** What is known of a call while it is being answered. */
interface Call {
  operation: string
  input?: unknown
  made?: readonly string[]
}

interface Route {
  readonly name: string
  readonly service: Service
  readonly model: ServiceModel
  readonly protocol: Protocol
}

export interface DispatcherOptions {
  readonly world: World
  readonly services: Services
  readonly faults: Faults
  /** Told of every error that is no AwsError: a mistake of ours, whose words the caller does not get to see. */
  readonly onBug: (error: unknown) => void
  /** Ends every delay; the calls that wait are dropped. */
  readonly signal: AbortSignal
}

/** From a request to its answer: who asks which service for what, what goes wrong by rule, and the operation itself. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #models = new Map<Service, Promise<ServiceModel>>()

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  async dispatch(request: WireRequest, requestId: string): Promise<Outcome> {
    let credential: Credential | undefined
    let route: Route
    try {
      credential = credentialOf(request)
      route = await this.#route(credential.service, request)
    } catch (error) {
      return this.refuse(this.#asAwsError(error, internal), request, requestId, credential)
    }
    return this.#call(route, credential, request, requestId)
  }

  /** The answer to a request that gets no further than the door. */
  refuse(error: AwsError, request: WireRequest, requestId: string, credential?: Credential): Outcome {
    const response = unrouted(error, request, credential?.service, requestId)
    const { service = '', accessKeyId = '' } = credential ?? {}
    return { service, operation: '', accessKeyId, errorCode: error.code, response }
  }

  async #route(signingName: string, request: WireRequest): Promise<Route> {
    const [found] = Object.entries(this.#options.services)
      .filter(([, service]) => service.signingName === signingName && request.path.startsWith(service.pathPrefix ?? ''))
      .sort(([, a], [, b]) => (b.pathPrefix ?? '').length - (a.pathPrefix ?? '').length)
    if (!found) throw new AwsError('UnknownService', `The sandbox does not serve ${signingName}.`, 501)
    const [name, service] = found
    const model = await this.#model(service)
    const protocol = protocolOf(request, model)
    if (!protocol) throw new Error(`${name} speaks ${model.protocol}, which the wire does not`)
    return { name, service, model, protocol }
  }

  #model(service: Service): Promise<ServiceModel> {
    const known = this.#models.get(service)
    if (known) return known
    const loading = service.load().then(modelOf)
    this.#models.set(service, loading)
    return loading
  }

  async #call(route: Route, credential: Credential, request: WireRequest, requestId: string): Promise<Outcome> {
    const { protocol, model, name } = route
    const { accessKeyId } = credential
    const call: Call = { operation: '' }
    try {
      this.#checkRegion(route.service, credential)
      call.operation = protocol.operationName(request, model)
      const output = await this.#perform(route, call, accessKeyId, request, requestId)
      return { service: name, ...call, accessKeyId, response: output }
    } catch (error) {
      const answered = this.#asAwsError(error, () => protocol.errors.internal(model))
      const response = protocol.failure(answered, model, requestId)
      return { service: name, ...call, accessKeyId, errorCode: answered.code, response }
    }
  }

  #checkRegion(service: Service, { region }: Credential): void {
    if (service.global || region === this.#options.world.region) return
    throw new AwsError('SignatureDoesNotMatch', `Credential should be scoped to a valid region, not '${region}'.`, 403)
  }

  async #perform(
    { service, model, protocol, name }: Route,
    call: Call,
    accessKeyId: string,
    request: WireRequest,
    requestId: string,
  ): Promise<WireResponse | undefined> {
    const { world, faults, signal } = this.#options
    const { operation } = call
    const { delayMs, effect } = faults.take(name, operation, accessKeyId)
    if (delayMs > 0 && !(await delayed(delayMs, signal))) return undefined
    if (effect && !asksFirst(effect)) return fail(effect, protocol.errors, model)

    const shape = model.operations.get(operation)
    if (!shape) throw protocol.unknownOperation(operation, model)
    const handler = service.operations[operation]
    if (!handler) throw new AwsError('UnsupportedOperation', `The sandbox does not serve ${operation} of ${name}.`)
    const input = protocol.input(request, shape)
    call.input = input
    const asked = { service, operation, accessKeyId, input }
    if (effect && 'denied' in effect) throw unallowed(world, asked)
    requirePermission(world, asked)
    const output: unknown = await handler(world, input, { accessKeyId, requestId })
    if (operation.startsWith('Create')) call.made = madeBy(input, output)

    if (effect) return fail(effect, protocol.errors, model)
    return protocol.output(output, shape, model, requestId)
  }

  #asAwsError(error: unknown, otherwise: () => AwsError): AwsError {
    if (error instanceof AwsError) return error
    this.#options.onBug(error)
    return otherwise()
  }
}

function madeBy(input: unknown, output: unknown): readonly string[] {
  const asked = new Set(arnsIn(input))
  return [...arnsIn(output)].filter((arn) => !asked.has(arn))
}

const internal = (): AwsError =>
  new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500)

/** Whether the whole time has passed. */
async function delayed(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false)
}

/** Effects for which it has to be known what the call asks for. */
const asksFirst = (effect: TerminalEffect): boolean => 'failAfterEffect' in effect || 'denied' in effect

/** Throws the error that the effect stands for, or returns undefined: no answer at all. */
function fail(effect: TerminalEffect, errors: CommonErrors, model: ServiceModel): undefined {
  if ('throttle' in effect) throw errors.throttled(model)
  if ('error' in effect) throw effect.error === 503 ? errors.unavailable(model) : errors.internal(model)
  if ('failAfterEffect' in effect && effect.failAfterEffect === 'error') throw errors.internal(model)
  return undefined
}
