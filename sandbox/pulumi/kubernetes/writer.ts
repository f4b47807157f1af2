import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import { poll } from '../poll.ts'
import { isObject, type Properties, type Value } from '../properties.ts'
import { parsePath } from '../property-path.ts'
import type { ResourceCall } from '../provider.ts'
import { hasReason, StatusError, type Query } from './client.ts'
import { NoMatchError, type Cluster } from './cluster.ts'
import { kindOf } from './kinds.ts'
import type { KubernetesConfig } from './config.ts'
import { hasManagers, isOnlyTheirs, takenOver } from './field-managers.ts'
import { annotation, isAnnotated, metadataOf, nameOf, textOf, withMetadata, type KubernetesObject } from './objects.ts'
import { readyCondition } from './readiness.ts'

/** The manager of what a create made, until the first apply takes over from it. */
const CREATOR = 'pulumi-kubernetes'
const APPLY = 'application/apply-patch+yaml'
const defaultTimeoutSeconds = 600

/** The object is there but did not become what it should: it is kept with what is known of it. */
export class NotReady extends Error {
  readonly live: KubernetesObject

  constructor(live: KubernetesObject, message: string, options?: ErrorOptions) {
    super(message, options)
    this.live = live
  }
}

export interface Write {
  cluster: Cluster
  config: KubernetesConfig
  fieldManager: string
  /** Asks the server what it would do; nothing is changed. */
  dryRun: boolean
  call: ResourceCall
}

/** Makes an object, and fails if there is one already unless the provider may take it over. */
export async function createObject(object: KubernetesObject, write: Write): Promise<KubernetesObject> {
  const { cluster, config, call } = write
  const make = () =>
    config.serverSideApply && config.upsertExistingObjects
      ? applyObject(object, write, write.dryRun)
      : cluster.create(object, queryOf(write, CREATOR), call.signal)
  return write.dryRun ? make() : retryWhileMissing(make, call)
}

/** A namespace or a CRD that is being made beside it may come a moment later: five more tries, within the time-out. */
async function retryWhileMissing<Result>(act: () => Promise<Result>, call: ResourceCall): Promise<Result> {
  const end = performance.now() + (call.timeoutSeconds ?? defaultTimeoutSeconds) * 1000
  for (let pauseMs = 1000; ; pauseMs *= 2) {
    try {
      return await act()
    } catch (error) {
      const isMissing = error instanceof NoMatchError || hasReason(error, 'NotFound')
      if (!isMissing || pauseMs > 16_000 || performance.now() + pauseMs > end) throw error
      await setTimeout(pauseMs, undefined, { signal: call.signal })
    }
  }
}

/**
 * Applies the new inputs. undefined: the server cannot be asked what it would do, because the fields of the creation
 * would have to change hands first, which is no dry run.
 */
export async function updateObject(
  news: KubernetesObject,
  ignoreChanges: string[],
  write: Write,
): Promise<KubernetesObject | undefined> {
  const { cluster, call, fieldManager } = write
  const live = await cluster.get(news, call.signal)
  if (kindOf(news).kind === 'CustomResourceDefinition') return replaceObject(news, live, write)
  if (write.dryRun && takenOver(live, fieldManager)) return undefined
  const owned = await takeOver(live, write)
  const object = ignoreChanges.reduce((wanted, path) => withIgnored(wanted, owned, fieldManager, path), news)
  return applyObject(object, write, !hasManagers(live))
}

/** A CRD is replaced as a whole: its schema is not to be merged with the old one. */
function replaceObject(news: KubernetesObject, live: KubernetesObject, write: Write): Promise<KubernetesObject> {
  const { resourceVersion = null } = metadataOf(live)
  const object = withMetadata(news, { resourceVersion })
  return write.cluster.replace(object, queryOf(write, write.fieldManager), write.call.signal)
}

async function takeOver(live: KubernetesObject, { cluster, fieldManager, call }: Write): Promise<KubernetesObject> {
  const managedFields = takenOver(live, fieldManager)
  if (!managedFields) return live
  const { resourceVersion = null } = metadataOf(live)
  const content = [
    { op: 'replace', path: '/metadata/managedFields', value: managedFields },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
  return cluster.patch(live, { contentType: 'application/json-patch+json', content }, {}, call.signal)
}

async function applyObject(object: KubernetesObject, write: Write, mustForce: boolean): Promise<KubernetesObject> {
  const { cluster, config, fieldManager, call } = write
  const force = mustForce || config.patchForce || isAnnotated(object, 'pulumi.com/patchForce')
  const query = { ...queryOf(write, fieldManager), force: String(force) }
  try {
    return await cluster.patch(object, { contentType: APPLY, content: object }, query, call.signal)
  } catch (error) {
    if (!hasReason(error, 'Conflict')) throw error
    throw new Error(
      'Server-Side Apply field conflict detected. See https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/' +
        'managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help.\n' +
        `The resource managed by field manager "${fieldManager}" had an apply conflict: ${error.message}`,
      { cause: error },
    )
  }
}

function queryOf({ dryRun }: Write, fieldManager: string): Query {
  return { fieldManager, dryRun: dryRun ? 'All' : undefined }
}

/** An ignored field that others manage is left to them; one that is ours keeps its live value, or apply would remove it. */
function withIgnored(
  object: KubernetesObject,
  live: KubernetesObject,
  manager: string,
  path: string,
): KubernetesObject {
  const steps = parsePath(path).map(String)
  const value = steps.reduce<Value | undefined>((at, step) => (isObject(at) ? at[step] : undefined), live)
  if (isOnlyTheirs(live, manager, steps)) return withValue(object, steps, undefined)
  return value === undefined ? object : withValue(object, steps, value)
}

function withValue(object: Properties, [step, ...rest]: string[], value: Value | undefined): Properties {
  if (step === undefined) return object
  const { [step]: member, ...others } = object
  const changed = rest.length > 0 ? withValue(isObject(member) ? member : {}, rest, value) : value
  return changed === undefined ? others : { ...others, [step]: changed }
}

/** Waits until the object is ready, and answers it as it is then. */
export async function awaitReady(
  inputs: KubernetesObject,
  live: KubernetesObject,
  { cluster, call }: Write,
): Promise<KubernetesObject> {
  const condition = readyCondition(inputs)
  let seen = live
  let missing: true | string = condition(live)
  try {
    const wait = {
      signal: call.signal,
      timeoutSeconds: timeoutOf(inputs, call),
      what: 'the condition',
      longestPauseMs: 1000,
    }
    await poll(wait, async () => {
      if (missing === true) return true
      seen = await cluster.get(seen, call.signal)
      missing = condition(seen)
      return missing === true ? true : undefined
    })
  } catch (error) {
    const why = call.signal.aborted ? 'Resource operation was cancelled' : messageOf(error)
    throw new NotReady(seen, `${why} for "${nameOf(live)}": ${String(missing)}`, { cause: error })
  }
  return seen
}

/** Deletes an object and waits until it is gone, finalizers and all. */
export async function deleteObject(live: KubernetesObject, inputs: KubernetesObject, write: Write): Promise<void> {
  const { cluster, call } = write
  try {
    await cluster.delete(live, propagationOf(inputs), call.signal)
  } catch (error) {
    if (error instanceof NoMatchError || (error instanceof StatusError && error.status === 404)) return
    throw error
  }
  if (isAnnotated(inputs, 'pulumi.com/skipAwait') && skipsAwaitOnDelete.has(kindOf(inputs).kind)) return
  await awaitGone(live, inputs, write)
}

async function awaitGone(live: KubernetesObject, inputs: KubernetesObject, { cluster, call }: Write): Promise<void> {
  let seen: KubernetesObject | undefined = live
  const wait = {
    signal: call.signal,
    timeoutSeconds: timeoutOf(inputs, call),
    what: 'the condition',
    longestPauseMs: 1000,
  }
  try {
    await poll(wait, async () => {
      seen = await cluster.find(live, call.signal)
      return !seen || metadataOf(seen).uid !== metadataOf(live).uid ? true : undefined
    })
  } catch (error) {
    const { finalizers } = metadataOf(seen)
    if (Array.isArray(finalizers) && finalizers.length > 0)
      await call.warn(`finalizers might be preventing deletion (${finalizers.map(textOf).join(', ')})`)
    throw new NotReady(seen, `timed out waiting for the condition: "${nameOf(live)}" still exists`, { cause: error })
  }
}

const skipsAwaitOnDelete = new Set(['Namespace', 'Pod', 'DaemonSet', 'Deployment', 'StatefulSet', 'Job'])

function propagationOf(inputs: KubernetesObject): string {
  const policy = annotation(inputs, 'pulumi.com/deletionPropagationPolicy').toLowerCase()
  if (policy === 'orphan') return 'Orphan'
  return policy === 'background' ? 'Background' : 'Foreground'
}

function timeoutOf(inputs: KubernetesObject, { timeoutSeconds }: ResourceCall): number {
  return timeoutSeconds ?? (Number(annotation(inputs, 'pulumi.com/timeoutSeconds')) || defaultTimeoutSeconds)
}
