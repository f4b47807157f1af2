import { isObject, type Properties, type Value } from '../properties.ts'
import { metadataOf, textOf, type KubernetesObject } from './objects.ts'

/** Client-side managers whose fields the applying manager takes over: kubectl's, and this plugin's own from a create. */
const clientSide = new Set([
  'kubectl',
  'before-first-apply',
  'pulumi-kubernetes',
  'pulumi-kubernetes.exe',
  'pulumi-resource-kubernetes',
])

interface Entry extends Properties {
  fieldsV1: Properties
}

function entriesOf(live: KubernetesObject): Entry[] {
  const { managedFields } = metadataOf(live)
  return (Array.isArray(managedFields) ? managedFields : []).filter(
    (entry): entry is Entry => isObject(entry) && isObject(entry.fieldsV1),
  )
}

function isClientSide({ manager, operation, subresource }: Entry): boolean {
  if (subresource !== undefined) return false
  return clientSide.has(textOf(manager)) && (operation === 'Update' || manager === 'kubectl')
}

/**
 * The managed fields with everything of client-side managers given to `manager`, so that its apply neither conflicts
 * with them nor leaves behind what it no longer mentions. undefined: there is nothing to take over.
 */
export function takenOver(live: KubernetesObject, manager: string): Value[] | undefined {
  const entries = entriesOf(live)
  const taken = entries.filter(isClientSide)
  const [first] = taken
  if (!first) return undefined
  const isOurs = (entry: Entry) => entry.manager === manager && entry.operation === 'Apply'
  const ours = entries.filter(isOurs)
  const { time: _, ...rest } = ours[0] ?? first
  const fieldsV1 = [...ours, ...taken].map((entry) => entry.fieldsV1).reduce(union, {})
  return [
    ...entries.filter((entry) => !isClientSide(entry) && !isOurs(entry)),
    { ...rest, manager, operation: 'Apply', fieldsV1 },
  ]
}

/** Field sets are trees of keys, and a leaf is an empty object. */
function union(a: Properties, b: Properties): Properties {
  const merged = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const mine = merged[key]
    merged[key] = isObject(mine) && isObject(value) ? union(mine, value) : value
  }
  return merged
}

/** Whether a field belongs to others and not to `manager`. */
export function isOnlyTheirs(live: KubernetesObject, manager: string, path: string[]): boolean {
  const owners = entriesOf(live).filter(({ fieldsV1 }) => has(fieldsV1, path))
  return owners.length > 0 && owners.every((entry) => entry.manager !== manager)
}

function has(fields: Properties, [step, ...rest]: string[]): boolean {
  if (step === undefined) return true
  const next = fields[`f:${step}`]
  return isObject(next) && has(next, rest)
}

/** Nobody is recorded as the manager of an object from before server-side apply. */
export function hasManagers(live: KubernetesObject): boolean {
  return entriesOf(live).length > 0
}
