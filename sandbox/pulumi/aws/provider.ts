import { InitFailed, messageOf } from '../errors.ts'
import {
  changedNames,
  UNKNOWN,
  isObject,
  isPresent,
  markSecrets,
  revealProperties,
  type Properties,
  type Value,
} from '../properties.ts'
import type {
  Call,
  Checked,
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  Difference,
  DiffRequest,
  Provider,
  ReadRequest,
  ReadResult,
  ResourceCall,
  UpdateRequest,
} from '../provider.ts'
import { noDifference } from '../provider.ts'
import { AwsClients, type Aws } from './aws.ts'
import { check } from './check.ts'
import { readConfig, type AwsConfig, type Environment } from './config.ts'
import { diff } from './diff.ts'
import { importedInputs, refreshedInputs } from './inputs.ts'
import { invokes } from './invokes.ts'
import { inSetOrder } from './order.ts'
import { plan } from './plan.ts'
import type { ResourceType } from './resource-type.ts'
import { resourceTypes } from './resource-types.ts'
import { poll } from '../poll.ts'
import { allTags, ownTags, updateTags } from './tags.ts'

/** How long AWS may take until it knows what it has just made. */
const propagationSeconds = 120

/** The official provider's behaviour for the types of resource-types.ts, generic over their schemas. */
export class AwsProvider implements Provider {
  readonly acceptSecrets = true
  readonly #environment: Environment
  #config: AwsConfig | undefined
  #clients: AwsClients | undefined

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Other options are kept, and that is all: a resource knows its region by itself. */
  diffConfig(olds: Properties, news: Properties): Difference {
    const changed = changedNames(revealProperties(olds), revealProperties(news))
    return { ...noDifference, detailed: Object.fromEntries(changed.map((name) => [name, 'update'])) }
  }

  async configure(options: Properties, call: Call): Promise<void> {
    this.#config = readConfig(revealProperties(options), this.#environment)
    this.#clients = new AwsClients(this.#config)
    if (!this.#config.skipCredentialsValidation) await this.#aws(undefined, call.signal).callerIdentity()
  }

  close(): void {
    this.#clients?.close()
  }

  async invoke(token: string, args: Properties, call: Call): Promise<Properties> {
    const invoke = invokes[token]
    if (!invoke) throw new Error(`unrecognized data function (Invoke): ${token}`)
    return invoke(this.#aws(args.region, call.signal), revealProperties(args))
  }

  async check({ olds, news, seed, proposedName }: CheckRequest, { type, name }: ResourceCall): Promise<Checked> {
    const { schema } = typeOf(type)
    const given = revealProperties(news)
    if (schema.region && !isPresent(given.region)) given.region = this.#configured().region
    if (schema.tagsAll) given.tagsAll = allTags(this.#configured().defaultTags, given.tags ?? {})
    const checked = check(schema, olds && revealProperties(olds), given, { name, seed, proposedName })
    return { ...checked, inputs: asSecretAs(news, checked.inputs) }
  }

  async diff({ state, news, ignoreChanges }: DiffRequest, { type }: ResourceCall): Promise<Difference> {
    const { schema } = typeOf(type)
    const [prior, wanted] = [revealProperties(state), revealProperties(news)]
    return diff(schema, prior, plan(schema, prior, wanted, ignoreChanges), wanted)
  }

  async create({ inputs, preview }: CreateRequest, call: ResourceCall): Promise<{ id: string; state: Properties }> {
    const type = typeOf(call.type)
    const planned = plan(type.schema, undefined, revealProperties(inputs))
    if (preview) return { id: '', state: asSecretAs(inputs, planned) }
    const asked = known(planned)
    const aws = this.#aws(inputs.region, signalOf(call))
    const id = await inWords(`creating ${type.label}`, () => type.create(aws, asked))
    try {
      await type.complete?.(aws, id, asked)
      const waiting = {
        signal: aws.signal,
        timeoutSeconds: propagationSeconds,
        what: `${type.label} (${id}) to be found`,
      }
      const state = await poll(waiting, () => this.#state(type, aws, id, asked))
      return { id, state: asSecretAs(inputs, state) }
    } catch (error) {
      const kept = asSecretAs(inputs, { ...asked, id })
      throw new InitFailed(id, kept, [`creating ${type.label} (${id}): ${messageOf(error)}`], { cause: error })
    }
  }

  async read({ id: asked, state, inputs }: ReadRequest, call: ResourceCall): Promise<ReadResult | undefined> {
    const type = typeOf(call.type)
    const isImport = Object.keys(state).length === 0
    const { id, known: prior } =
      isImport && type.imported ? type.imported(asked) : { id: asked, known: revealProperties(state) }
    const aws = this.#aws(prior.region, call.signal)
    const found = await inWords(`reading ${type.label} (${id})`, () => this.#state(type, aws, id, prior))
    if (!found) return undefined
    const known = isImport
      ? importedInputs(type.schema, found)
      : refreshedInputs(type.schema, revealProperties(inputs), found)
    const refreshed = isImport ? id : (type.refreshedId?.(found) ?? id)
    return { id: refreshed, state: markSecrets(asSecretAs(inputs, found), state), inputs: asSecretAs(inputs, known) }
  }

  async update({ id, state, news, ignoreChanges, preview }: UpdateRequest, call: ResourceCall): Promise<Properties> {
    const type = typeOf(call.type)
    const [prior, wanted] = [revealProperties(state), revealProperties(news)]
    const planned = plan(type.schema, prior, wanted, ignoreChanges)
    if (preview) return asSecretAs(news, { ...planned, id })
    const { detailed } = diff(type.schema, prior, planned, wanted)
    const changed = new Set(Object.keys(detailed).map((path) => path.split(/[.[]/)[0] ?? path))
    const aws = this.#aws(prior.region, signalOf(call))
    const { tagging } = type
    return inWords(`updating ${type.label} (${id})`, async () => {
      if (tagging && changed.has('tagsAll')) await updateTags(tagging, aws, id, prior, planned)
      if (changed.size > 0) await type.update?.(aws, id, known(planned), changed, prior)
      const found = await this.#state(type, aws, id, planned)
      if (!found) throw new Error('it no longer exists')
      return asSecretAs(news, found)
    })
  }

  async delete({ id, state }: DeleteRequest, call: ResourceCall): Promise<void> {
    const type = typeOf(call.type)
    const prior = revealProperties(state)
    const aws = this.#aws(prior.region, signalOf(call))
    await inWords(`deleting ${type.label} (${id})`, () => type.delete(aws, id, prior))
  }

  /** What AWS has under the id, as the program sees it. */
  async #state(type: ResourceType, aws: Aws, id: string, prior: Properties): Promise<Properties | undefined> {
    const found = await type.read(aws, id, prior)
    if (!found) return undefined
    const tags = type.tagging ? this.#tags(await type.tagging.read(aws, id, found), prior) : {}
    // A service that is not regional has none.
    const place = type.schema.region && { region: aws.region }
    return { ...inSetOrder(type.schema, found), ...tags, ...place, id }
  }

  #tags(all: Record<string, string>, prior: Properties): Properties {
    const tags = ownTags(this.#configured().defaultTags, all, prior.tags)
    return { ...(tags && { tags }), tagsAll: all }
  }

  #configured(): AwsConfig {
    if (!this.#config) throw new Error('the provider is not configured; was it restarted in the middle of an update?')
    return this.#config
  }

  #aws(region: Value | undefined, signal: AbortSignal): Aws {
    const { region: configured } = this.#configured()
    if (!this.#clients) throw new Error('the provider is not configured')
    return this.#clients.for(typeof region === 'string' ? region : configured, signal)
  }
}

/** What was secret in the inputs is secret in what becomes of them; a secret tag is one among all tags too. */
function asSecretAs(inputs: Properties, outputs: Properties): Properties {
  return markSecrets(outputs, { ...inputs, ...(inputs.tags !== undefined && { tagsAll: inputs.tags }) })
}

function typeOf(token: string): ResourceType {
  const type = resourceTypes.get(token)
  if (!type)
    throw new Error(`unrecognized resource type: ${token}; this stand-in knows ${[...resourceTypes.keys()].join(', ')}`)
  return type
}

/** Without what only AWS can tell. */
function known(planned: Properties): Properties {
  return Object.fromEntries(
    Object.entries(planned).flatMap(([name, value]) => (value === UNKNOWN ? [] : [[name, knownValue(value)]])),
  )
}

function knownValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(knownValue)
  return isObject(value) ? known(value) : value
}

function signalOf({ signal, timeoutSeconds }: ResourceCall): AbortSignal {
  return timeoutSeconds === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)])
}

async function inWords<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    throw new Error(`${what}: ${messageOf(error)}`, { cause: error })
  }
}
