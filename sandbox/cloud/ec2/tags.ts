import type {
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  Tag,
  TagDescription,
  TagSpecification,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { applyFilters, type Filterable } from './filters.ts'
import { hasPrefix } from './ids.ts'
import {
  instances,
  launchTemplates,
  networkInterfaces,
  securityGroupRules,
  securityGroups,
  subnets,
  vpcs,
} from './nouns.ts'
import { paged, tagsOf } from './select.ts'

const tagsPerResource = 50

const tagged = [vpcs, subnets, securityGroups, securityGroupRules, instances, networkInterfaces, launchTemplates]

/** The type of a resource, from the prefix of its id; it has to exist. */
function resourceType(world: World, id: string): string {
  const noun = tagged.find(({ idPrefix }) => hasPrefix(id, idPrefix))
  if (!noun) throw new AwsError('InvalidID', `The ID '${id}' is not valid`)
  if (!noun.all(world).has(id)) throw noun.notFound(id)
  return noun.resourceType
}

function checkTags(added: readonly Tag[], present: ReadonlyMap<string, string>): void {
  if (added.some(({ Key }) => Key?.startsWith('aws:'))) {
    throw new AwsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  }
  const long = added.find(({ Key = '', Value = '' }) => Key.length > 127 || Value.length > 255)
  if (long) throw new AwsError('InvalidParameterValue', 'Tag keys have at most 127 characters, tag values at most 255.')
  const keys = new Set([...present.keys(), ...added.map(({ Key = '' }) => Key)])
  if (keys.size > tagsPerResource) {
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.')
  }
}

function addTags(world: World, id: string, added: readonly Tag[]): void {
  const tags = world.ec2.tags.get(id) ?? new Map<string, string>()
  for (const { Key = '', Value = '' } of added) tags.set(Key, Value)
  world.ec2.tags.set(id, tags)
}

/** The tags that a call which creates a resource asks for. Checked before anything is created. */
export function requestedTags(specifications: readonly TagSpecification[] | undefined, resourceType: string): Tag[] {
  const other = specifications?.find((specification) => specification.ResourceType !== resourceType)
  if (other) {
    const message = `'${other.ResourceType}' is not a valid taggable resource type for this operation.`
    throw new AwsError('InvalidParameterValue', message)
  }
  const tags = (specifications ?? []).flatMap(({ Tags }) => Tags ?? [])
  checkTags(tags, new Map())
  return tags
}

export function tagNew(world: World, id: string, tags: readonly Tag[]): void {
  if (tags.length > 0) addTags(world, id, tags)
}

const createTags: Operation<CreateTagsCommandInput, CreateTagsCommandOutput> = (world, input) => {
  const { Resources = [], Tags = [] } = input
  for (const id of Resources) {
    resourceType(world, id)
    checkTags(Tags, tagsOf(world, id))
  }
  for (const id of Resources) addTags(world, id, Tags)
  return {}
}

/** A tag with a value goes only when it has that value; without any tag named, all go. */
const deleteTags: Operation<DeleteTagsCommandInput, DeleteTagsCommandOutput> = (world, input) => {
  const { Resources = [], Tags } = input
  for (const id of Resources) {
    resourceType(world, id)
    const tags = world.ec2.tags.get(id)
    if (!Tags?.length) tags?.clear()
    for (const { Key = '', Value } of Tags ?? []) {
      if (Value === undefined || tags?.get(Key) === Value) tags?.delete(Key)
    }
  }
  return {}
}

const filterable: Filterable<Required<TagDescription>> = {
  key: (tag) => tag.Key,
  value: (tag) => tag.Value,
  'resource-id': (tag) => tag.ResourceId,
  'resource-type': (tag) => tag.ResourceType,
}

const describeTags: Operation<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (world, input) => {
  const all = [...world.ec2.tags].flatMap(([ResourceId, tags]) =>
    [...tags].map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId,
      ResourceType: resourceType(world, ResourceId) as 'vpc',
    })),
  )
  const found = applyFilters(world, all, input.Filters, filterable, (tag) => new Map([[tag.Key, tag.Value]]))
  const { items, NextToken } = paged(found, input.MaxResults, input.NextToken)
  return { Tags: items, NextToken }
}

export const tags: Operations = {
  CreateTags: createTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
}
