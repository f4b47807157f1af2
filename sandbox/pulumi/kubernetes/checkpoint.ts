import { isObject, markSecrets, revealProperties, secret, type Properties, type Value } from '../properties.ts'
import { textOf, type KubernetesObject } from './objects.ts'

/** What is kept of a resource: the live object, and beside it in three keys what the program asked for and how. */
const INPUTS = '__inputs'
const INITIAL_API_VERSION = '__initialApiVersion'
const FIELD_MANAGER = '__fieldManager'

export interface Checkpoint {
  inputs: KubernetesObject
  live: KubernetesObject
  initialApiVersion: string
  /** Who applied the object, in the words of server-side apply. */
  fieldManager: string
}

/** The state of a resource; what was secret in `asked` is secret in it, and so is everything in a Secret. */
export function toState(checkpoint: Checkpoint, asked: Properties): Properties {
  const { inputs, live, initialApiVersion, fieldManager } = checkpoint
  return {
    ...marked(underscored(live), asked),
    [INPUTS]: marked(underscored(inputs), asked),
    [INITIAL_API_VERSION]: initialApiVersion,
    [FIELD_MANAGER]: fieldManager,
  }
}

export function fromState(state: Properties): Checkpoint {
  const {
    [INPUTS]: inputs,
    [INITIAL_API_VERSION]: version,
    [FIELD_MANAGER]: manager,
    ...live
  } = revealProperties(state)
  return {
    inputs: dashed(isObject(inputs) ? inputs : {}),
    live: dashed(live),
    initialApiVersion: textOf(version),
    fieldManager: textOf(manager),
  }
}

/** The object that the inputs describe, without marks. */
export function toObject(inputs: Properties): KubernetesObject {
  return dashed(revealProperties(inputs))
}

/** The inputs that describe an object, secret where `asked` was. */
export function toInputs(object: KubernetesObject, asked: Properties): Properties {
  return marked(object, asked)
}

/** As secret as what was asked for, and everything in a Secret besides. */
function marked(object: Properties, asked: Properties): Properties {
  const { kind, data, stringData } = object
  const contents = kind === 'Secret' ? { ...(data && { data }), ...(stringData && { stringData }) } : {}
  const secrets = Object.fromEntries(Object.entries(contents).map(([name, value]) => [name, secret(value)]))
  return markSecrets({ ...object, ...secrets }, asked)
}

// Pulumi's SDKs spell Kubernetes' own `x-kubernetes-*` schema extensions with underscores.
const extension = /^x[-_]kubernetes[-_]/

function underscored(object: KubernetesObject): Properties {
  return renamed(object, (name) => name.replaceAll('-', '_')) as Properties
}

function dashed(properties: Properties): KubernetesObject {
  return renamed(properties, (name) => name.replaceAll('_', '-')) as KubernetesObject
}

function renamed(value: Value, rename: (name: string) => string): Value {
  if (Array.isArray(value)) return value.map((element) => renamed(element, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      extension.test(name) ? rename(name) : name,
      renamed(member, rename),
    ]),
  )
}
