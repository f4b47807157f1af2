import { randomBytes } from 'node:crypto'
import { InitFailed, messageOf } from '../errors.ts'
import { changedNames, containsUnknown, revealProperties, UNKNOWN, type Properties } from '../properties.ts'
import {
  noDifference,
  type Call,
  type Checked,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffKind,
  type Difference,
  type DiffRequest,
  type Provider,
  type ReadRequest,
  type ReadResult,
  type ResourceCall,
  type UpdateRequest,
} from '../provider.ts'
import { hasOwnName, named } from './check.ts'
import { fromState, toInputs, toObject, toState } from './checkpoint.ts'
import { hasReason, KubernetesClient } from './client.ts'
import { Cluster, NoMatchError } from './cluster.ts'
import { readConfig, type KubernetesConfig } from './config.ts'
import { diffObjects } from './diff.ts'
import { comparable, identityOf, importedInputs, located, refreshedInputs, withoutStatus } from './inputs.ts'
import { kindOf, refuseUnsupported } from './kinds.ts'
import { namesSameCluster, readKubeconfig } from './kubeconfig.ts'
import {
  annotation,
  idOf,
  metadataOf,
  nameOf,
  namespaceOf,
  normalized,
  withMetadata,
  type KubernetesObject,
} from './objects.ts'
import { awaitReady, createObject, deleteObject, NotReady, updateObject, type Write } from './writer.ts'

const probeSeconds = 32

/** The official provider's behaviour for any object of any kind, without its Helm charts, patches and lists. */
export class KubernetesProvider implements Provider {
  readonly acceptSecrets = true
  readonly #environment: Readonly<Record<string, string | undefined>>
  #config: KubernetesConfig | undefined
  #cluster: Cluster | undefined
  /** Why the cluster cannot be used; the provider is configured all the same. */
  #unreachable: string | undefined

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment
  }

  /** Another cluster behind the provider replaces every object; a `clusterIdentifier` says better which one it is. */
  diffConfig(olds: Properties, news: Properties): Difference {
    const [before, after] = [revealProperties(olds), revealProperties(news)]
    const changed = changedNames(before, after)
    const pointers = ['kubeconfig', 'context', 'cluster'].filter((name) => changed.includes(name))
    const isUnsure = pointers.some((name) => after[name] === UNKNOWN)
    const isElsewhere = isUnsure || !namesSameCluster(before, after)
    const { clusterIdentifier: identifier } = after
    const replaced =
      identifier !== undefined && before.clusterIdentifier !== undefined
        ? changed.filter((name) => name === 'clusterIdentifier')
        : isElsewhere
          ? pointers
          : []
    const kindOfChange = (name: string): DiffKind => (replaced.includes(name) ? 'update-replace' : 'update')
    return { ...noDifference, detailed: Object.fromEntries(changed.map((name) => [name, kindOfChange(name)])) }
  }

  async configure(marked: Properties, call: Call): Promise<void> {
    const options = revealProperties(marked)
    this.#config = readConfig(options, this.#environment)
    try {
      const kubeconfig = await readKubeconfig(options)
      this.#cluster = new Cluster(await KubernetesClient.create(kubeconfig))
      await this.#cluster.probe(AbortSignal.any([call.signal, AbortSignal.timeout(probeSeconds * 1000)]))
    } catch (error) {
      this.#unreachable = `unable to load schema information from the API server: ${messageOf(error)}`
    }
  }

  close(): void {
    this.#cluster?.close()
  }

  async invoke(token: string): Promise<Properties> {
    throw new Error(`unknown Invoke type "${token}"`)
  }

  async check({ olds, news, seed, proposedName }: CheckRequest, call: ResourceCall): Promise<Checked> {
    refuseUnsupported(call.type)
    const { skipUpdateUnreachable, namespace } = this.#configured()
    if (this.#unreachable !== undefined && skipUpdateUnreachable && olds) {
      await call.warn('Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...')
      return { inputs: olds, failures: [] }
    }
    const object = named(normalized(toObject(news)), olds && toObject(olds), { name: call.name, seed, proposedName })
    const needsNamespace = namespace !== '' && metadataOf(object).namespace === undefined
    const placed =
      needsNamespace && (await this.#isNamespaced(object, call)) ? withMetadata(object, { namespace }) : object
    return { inputs: toInputs(placed, news), failures: [] }
  }

  async diff({ state, news, ignoreChanges }: DiffRequest, call: ResourceCall): Promise<Difference> {
    const { inputs, live } = fromState(state)
    const wanted = normalized(toObject(news))
    const namespaced = await this.#isNamespaced(wanted, call)
    const before = located(comparable(live, inputs, wanted), namespaced)
    const after = located(wanted, namespaced)
    const detailed = diffObjects(before, after, ignoreChanges, this.#configured().mutable)
    const isReplaced = Object.values(detailed).some((kind) => kind.endsWith('-replace'))
    const isSamePlace = nameOf(after) === nameOf(live) && namespaceOf(after) === namespaceOf(live)
    return { detailed, deleteBeforeReplace: isReplaced && hasOwnName(after) && isSamePlace }
  }

  async create({ inputs, preview }: CreateRequest, call: ResourceCall): Promise<{ id: string; state: Properties }> {
    const object = toObject(inputs)
    const write = this.#write(call, preview, managerOf(object))
    if (!write || (preview && !(await this.#canPreview(object, call)))) return { id: '', state: inputs }
    const keep = (live: KubernetesObject) =>
      toState({ inputs: object, live, ...version(object), fieldManager: write.fieldManager }, inputs)
    const live = await creation(object, write)
    if (!live) return { id: '', state: inputs }
    if (preview) return { id: '', state: keep(withoutStatus(live)) }
    try {
      return { id: idOf(live), state: keep(await awaitReady(object, live, write)) }
    } catch (error) {
      throw initFailed(
        error,
        live,
        keep,
        `resource "${call.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live`,
      )
    }
  }

  async read({ id, state, inputs }: ReadRequest, call: ResourceCall): Promise<ReadResult | undefined> {
    refuseUnsupported(call.type)
    const unreachable = await this.#readUnreachable({ id, state, inputs }, call)
    if (unreachable !== 'reachable') return unreachable
    const known = fromState(state)
    const isImport = known.live.kind === undefined
    const identity = identityOf(id, call.type)
    const live = await this.#find({ ...identity, ...(!isImport && kindOf(known.live)) }, call)
    if (!live) return undefined
    const object = isImport ? importedInputs(live, identity) : refreshedInputs(live, toObject(inputs))
    const fieldManager = known.fieldManager || managerOf(object)
    const initialApiVersion = known.initialApiVersion || kindOf(live).apiVersion
    return {
      id,
      state: toState({ inputs: object, live, initialApiVersion, fieldManager }, inputs),
      inputs: toInputs(object, inputs),
    }
  }

  async update({ state, news, ignoreChanges, preview }: UpdateRequest, call: ResourceCall): Promise<Properties> {
    const known = fromState(state)
    const object = normalized(toObject(news))
    const fieldManager = annotation(object, 'pulumi.com/patchFieldManager') || known.fieldManager
    const write = this.#write(call, preview, fieldManager)
    if (!write || (preview && !(await this.#canPreview(object, call)))) return news
    const keep = (live: KubernetesObject) =>
      toState({ inputs: object, live, initialApiVersion: known.initialApiVersion, fieldManager }, news)
    try {
      const live = await updateObject(object, ignoreChanges, write)
      if (!live) return news
      return keep(preview ? live : await awaitReady(object, live, write))
    } catch (error) {
      if (preview && hasReason(error, 'Forbidden')) return news
      if (error instanceof NotReady)
        throw initFailed(
          error,
          error.live,
          keep,
          `the Kubernetes API server reported that "${idOf(object)}" failed to fully initialize or become live`,
        )
      throw new Error(`update of resource "${call.urn}" failed: ${messageOf(error)}`, { cause: error })
    }
  }

  async delete({ state }: DeleteRequest, call: ResourceCall): Promise<void> {
    const { inputs, live, fieldManager, initialApiVersion } = fromState(state)
    if (this.#unreachable !== undefined) return this.#deleteUnreachable(call)
    const write = this.#write(call, false, fieldManager)
    if (!write) return
    try {
      await deleteObject(live, inputs, write)
    } catch (error) {
      if (!(error instanceof NotReady)) throw error
      const kept = toState({ inputs, live: error.live, initialApiVersion, fieldManager }, state)
      throw new InitFailed(idOf(live), kept, [error.message], { cause: error })
    }
  }

  #configured(): KubernetesConfig {
    if (!this.#config) throw new Error('the provider is not configured; was it restarted in the middle of an update?')
    return this.#config
  }

  /** undefined: the cluster cannot be asked, which only a preview may pass over. */
  #write(call: ResourceCall, dryRun: boolean, fieldManager: string): Write | undefined {
    const config = this.#configured()
    if (this.#unreachable === undefined && this.#cluster)
      return { cluster: this.#cluster, config, fieldManager, dryRun, call }
    if (dryRun) return undefined
    throw new Error(`configured Kubernetes cluster is unreachable: ${this.#unreachable ?? ''}`)
  }

  async #isNamespaced(object: KubernetesObject, { signal }: ResourceCall): Promise<boolean> {
    if (this.#unreachable !== undefined || !this.#cluster) return true
    return this.#cluster.isNamespaced(kindOf(object), signal)
  }

  /** The server can say what it would do only if it knows the kind and everything about the object. */
  async #canPreview(object: KubernetesObject, { signal }: ResourceCall): Promise<boolean> {
    if (containsUnknown(object) || !this.#configured().serverSideApply) return false
    return (await this.#cluster?.has(kindOf(object), signal)) ?? false
  }

  async #find(object: KubernetesObject, { signal }: ResourceCall): Promise<KubernetesObject | undefined> {
    try {
      return await this.#cluster?.find(object, signal)
    } catch (error) {
      if (error instanceof NoMatchError) return undefined
      throw error
    }
  }

  async #readUnreachable(request: ReadRequest, call: ResourceCall): Promise<ReadResult | undefined | 'reachable'> {
    if (this.#unreachable === undefined) return 'reachable'
    await call.warn(`configured Kubernetes cluster is unreachable: ${this.#unreachable}`)
    const { deleteUnreachable, skipUpdateUnreachable } = this.#configured()
    if (deleteUnreachable) return undefined
    if (skipUpdateUnreachable) return request
    throw new Error(
      'failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this ' +
        'resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment ' +
        'variable set to "true"',
    )
  }

  async #deleteUnreachable(call: ResourceCall): Promise<void> {
    await call.warn(`configured Kubernetes cluster is unreachable: ${this.#unreachable ?? ''}`)
    if (this.#configured().deleteUnreachable) return
    throw new Error(
      'configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from ' +
        'Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    )
  }
}

/** A preview that the cluster will not answer yet (no namespace, an object of that name) shows the inputs: undefined. */
async function creation(object: KubernetesObject, write: Write): Promise<KubernetesObject | undefined> {
  try {
    return await createObject(object, write)
  } catch (error) {
    if (write.dryRun && hasReason(error, 'Forbidden', 'AlreadyExists', 'NotFound')) return undefined
    const hint = hasReason(error, 'AlreadyExists') ? alreadyExistsHint : ''
    throw new Error(
      `resource "${write.call.urn}" was not successfully created by the Kubernetes API server: ${messageOf(error)}${hint}`,
      { cause: error },
    )
  }
}

const alreadyExistsHint =
  '\n\nThe resource already exists in the cluster. Import it, rename it with an alias, or set upsertExistingObjects on ' +
  'the provider to take it over.'

function initFailed(
  error: unknown,
  live: KubernetesObject,
  keep: (live: KubernetesObject) => Properties,
  what: string,
): InitFailed {
  const last = error instanceof NotReady ? error.live : live
  return new InitFailed(idOf(last), keep(last), [`${what}: ${messageOf(error)}`], { cause: error })
}

function version(object: KubernetesObject) {
  return { initialApiVersion: kindOf(object).apiVersion }
}

function managerOf(object: KubernetesObject): string {
  return annotation(object, 'pulumi.com/patchFieldManager') || `pulumi-kubernetes-${randomBytes(4).toString('hex')}`
}
