import { equal, isObject, isPresent, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { formatPath, type PropertyPath } from '../property-path.ts'
import { replacing, type DiffKind, type Difference } from '../provider.ts'
import { identity } from './plan.ts'
import { DEFAULTS, isZero, type Property, type Schema } from './schema.ts'

type Changes = Record<string, DiffKind>

/** What changes between a resource and its plan, by property path, in the words that the AWS provider's bridge uses. */
export function diff(schema: Schema, prior: Properties, planned: Properties, inputs: Properties): Difference {
  const detailed = fieldChanges(schema, prior, planned, [])
  const replaced = Object.values(detailed).some((kind) => kind.endsWith('-replace'))
  return { detailed, deleteBeforeReplace: replaced && hasFixedName(schema, inputs) }
}

/** Two resources cannot have one name, so a name that the program fixed forces the old one out first. */
function hasFixedName(schema: Schema, inputs: Properties): boolean {
  const defaults = inputs[DEFAULTS]
  return Object.entries(schema).some(
    ([name, property]) =>
      property.autoName !== undefined &&
      isPresent(inputs[name]) &&
      !(Array.isArray(defaults) && defaults.includes(name)),
  )
}

function fieldChanges(schema: Schema, prior: Properties, planned: Properties, path: PropertyPath): Changes {
  return Object.assign(
    {},
    ...Object.entries(schema).map(([name, property]) => changes(property, prior[name], planned[name], [...path, name])),
  ) as Changes
}

function changes(property: Property, before: Value | undefined, after: Value | undefined, path: PropertyPath): Changes {
  if (isZero(before) && isZero(after)) return {}
  if (!isPresent(before) || !isPresent(after) || after === UNKNOWN || before === UNKNOWN)
    return equal(before, after) ? {} : change(property, wholeChange(before, after), path)
  if (Array.isArray(before) && Array.isArray(after))
    return property.type === 'set'
      ? setChanges(property, before, after, path)
      : listChanges(property, before, after, path)
  if (isObject(before) && isObject(after))
    return property.fields
      ? fieldChanges(property.fields, before, after, path)
      : mapChanges(property, before, after, path)
  return equal(before, after) ? {} : change(property, 'update', path)
}

function change(property: Property, kind: DiffKind, path: PropertyPath): Changes {
  const replaces = property.replaces ?? (property.replacesWhenAddedOrRemoved && kind !== 'update')
  return { [formatPath(path)]: replaces ? replacing(kind) : kind }
}

function wholeChange(before: Value | undefined, after: Value | undefined): DiffKind {
  if (!isPresent(before)) return 'add'
  return isPresent(after) ? 'update' : 'delete'
}

/** Unlike a property, a key of a map (a tag) may well be empty. */
function mapChanges(property: Property, before: Properties, after: Properties, path: PropertyPath): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.assign(
    {},
    ...names
      .filter((name) => !equal(before[name], after[name]))
      .map((name) => change(property, wholeChange(before[name], after[name]), [...path, name])),
  ) as Changes
}

function listChanges(property: Property, before: Value[], after: Value[], path: PropertyPath): Changes {
  const indexes = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index)
  return Object.assign(
    {},
    ...indexes.map((index) => changes(elementOf(property), before[index], after[index], [...path, index])),
  ) as Changes
}

/**
 * The elements of a set have no order: one that is in both has not changed, wherever it stands. A removed and an added
 * element with the same index are shown as one that changed.
 */
function setChanges(property: Property, before: Value[], after: Value[], path: PropertyPath): Changes {
  const [old, current] = [identities(property, before), identities(property, after)]
  const removed = indexesOf(old, (element) => !current.includes(element))
  const added = indexesOf(current, (element) => !old.includes(element))
  const indexes = [...new Set([...removed, ...added])]
  return Object.assign(
    {},
    ...indexes.map((index) =>
      changes(
        elementOf(property),
        removed.has(index) ? before[index] : undefined,
        added.has(index) ? after[index] : undefined,
        [...path, index],
      ),
    ),
  ) as Changes
}

function indexesOf(elements: string[], matches: (element: string) => boolean): Set<number> {
  return new Set(elements.flatMap((element, index) => (matches(element) ? [index] : [])))
}

function identities(property: Property, elements: Value[]): string[] {
  return elements.map((element) => identity(property.fields, element))
}

function elementOf({ fields, replaces }: Property): Property {
  return { type: fields ? 'object' : 'string', ...(fields && { fields }), ...(replaces && { replaces }) }
}
