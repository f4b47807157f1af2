import type { Filter } from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import { pageOf } from '../page.ts'
import type { World } from '../world.ts'
import { applyFilters, type Filterable } from './filters.ts'
import { hasPrefix, malformedId } from './ids.ts'

/** One kind of EC2 resource: what Describe needs to know of it. */
export interface Noun<Item> {
  readonly resourceType: string
  /** `sg` of `sg-0123…` */
  readonly idPrefix: string
  readonly all: (world: World) => ReadonlyMap<string, Item>
  readonly id: (item: Item) => string
  readonly notFound: (id: string) => AwsError
  readonly malformedCode: string
  readonly filterable: Filterable<Item>
}

/** The one of this id, or the error that AWS has for it. */
export function find<Item>(world: World, noun: Noun<Item>, id: string | undefined): Item {
  const wanted = id ?? ''
  if (!hasPrefix(wanted, noun.idPrefix)) throw malformedId(noun.malformedCode, wanted, noun.idPrefix)
  const item = noun.all(world).get(wanted)
  if (item === undefined) throw noun.notFound(wanted)
  return item
}

const noTags: ReadonlyMap<string, string> = new Map()

export const tagsOf = (world: World, id: string): ReadonlyMap<string, string> => world.ec2.tags.get(id) ?? noTags

export const describeTags = (world: World, id: string): { Key: string; Value: string }[] =>
  [...tagsOf(world, id)].map(([Key, Value]) => ({ Key, Value }))

interface Selection {
  readonly Filters?: Filter[] | undefined
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** What a Describe call answers: the named ones, or all, less what the filters hold back; one page of it. */
export function select<Item>(
  world: World,
  noun: Noun<Item>,
  ids: readonly string[] | undefined,
  { Filters, MaxResults, NextToken }: Selection,
): { items: Item[]; NextToken: string | undefined } {
  if (ids?.length && MaxResults !== undefined) {
    const message = `The parameter ${noun.resourceType} ids cannot be used with the parameter maxResults`
    throw new AwsError('InvalidParameterCombination', message)
  }
  const named = ids?.length ? new Set(ids.map((id) => find(world, noun, id))) : undefined
  const candidates = [...noun.all(world).values()].filter((item) => named === undefined || named.has(item))
  const found = applyFilters(world, candidates, Filters, noun.filterable, (item) => tagsOf(world, noun.id(item)))
  return paged(found, MaxResults, NextToken)
}

/** AWS answers at most 1000 at a time, and pages of less than five to nobody. */
export function paged<Item>(items: readonly Item[], maxResults: number | undefined, token: string | undefined) {
  if (maxResults !== undefined && (maxResults < 5 || maxResults > 1000)) {
    const message = `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`
    throw new AwsError('InvalidParameterValue', message)
  }
  const page = pageOf(items, maxResults ?? 1000, token)
  if (!page) throw new AwsError('InvalidParameterValue', `Unable to parse pagination token '${token}'`)
  return { items: page.items, NextToken: page.next }
}
