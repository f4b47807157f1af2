import type { Filter } from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'

type Value = string | number | boolean | undefined

/** What a filter of this name compares with its values: every one that the item has. */
export type Filterable<Item> = Readonly<Record<string, (item: Item, world: World) => Value | readonly Value[]>>

/** The items that every filter lets pass; a filter does when any of its values fits. */
export function applyFilters<Item>(
  world: World,
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  filterable: Filterable<Item>,
  tagsOf: (item: Item) => ReadonlyMap<string, string>,
): Item[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const valuesOf = tagValues(Name, tagsOf) ?? (Object.hasOwn(filterable, Name) ? filterable[Name] : undefined)
    if (!valuesOf) throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`)
    const patterns = Values.map(wildcard)
    return (item: Item) =>
      [valuesOf(item, world)]
        .flat()
        .some((value) => value !== undefined && patterns.some((pattern) => pattern.test(String(value))))
  })
  return items.filter((item) => tests.every((test) => test(item)))
}

/** `tag:<key>` and `tag-key`, which every tagged resource has. */
function tagValues<Item>(name: string, tagsOf: (item: Item) => ReadonlyMap<string, string>) {
  if (name === 'tag-key') return (item: Item) => [...tagsOf(item).keys()]
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return (item: Item) => tagsOf(item).get(key)
}

/** `*` stands for any text, `?` for one character, and a backslash makes either plain. */
function wildcard(value: string): RegExp {
  const pattern = value.replaceAll(/\\([*?\\])|[*?]|[.+^${}()|[\]\\]/g, (found, plain?: string) => {
    if (plain !== undefined) return `\\${plain}`
    if (found === '*') return '.*'
    return found === '?' ? '.' : `\\${found}`
  })
  return new RegExp(`^${pattern}$`, 's')
}
