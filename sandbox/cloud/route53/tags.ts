import type {
  ChangeTagsForResourceCommandInput,
  ChangeTagsForResourceCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTagsForResourcesCommandInput,
  ListTagsForResourcesCommandOutput,
  ResourceTagSet,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findZone } from './find.ts'
import { bareId } from './ids.ts'
import { invalidInput, requireLength, requireOneOf } from './invalid.ts'

const maxTags = 50

export const changeTagsForResource: Operation<ChangeTagsForResourceCommandInput, ChangeTagsForResourceCommandOutput> = (
  world,
  { ResourceType, ResourceId, AddTags = [], RemoveTagKeys = [] },
) => {
  const tags = tagsOf(world, ResourceType, ResourceId)
  for (const { Key = '', Value = '' } of AddTags) {
    requireLength('addTags.member.key', Key, 1, 128)
    requireLength('addTags.member.value', Value, 0, 256)
    if (/^aws:/i.test(Key)) throw invalidInput(`The tag key "${Key}" is reserved: it begins with "aws:"`)
  }
  const kept = [...tags].filter(([key]) => !RemoveTagKeys.includes(key))
  const next = new Map([...kept, ...AddTags.map(({ Key = '', Value = '' }) => [Key, Value] as const)])
  if (next.size > maxTags) throw invalidInput(`The resource would have more than ${maxTags} tags`)
  tags.clear()
  for (const [key, value] of next) tags.set(key, value)
  return {}
}

export const listTagsForResource: Operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> = (
  world,
  { ResourceType, ResourceId },
) => ({ ResourceTagSet: describe(world, ResourceType, ResourceId) })

export const listTagsForResources: Operation<ListTagsForResourcesCommandInput, ListTagsForResourcesCommandOutput> = (
  world,
  { ResourceType, ResourceIds = [] },
) => ({ ResourceTagSets: ResourceIds.map((id) => describe(world, ResourceType, id)) })

type ResourceType = ListTagsForResourceCommandInput['ResourceType']

const describe = (world: World, type: ResourceType, id: string | undefined): ResourceTagSet => ({
  ResourceType: type,
  ResourceId: bareId(id),
  Tags: [...tagsOf(world, type, id)].map(([Key, Value]) => ({ Key, Value })),
})

function tagsOf(world: World, type: ResourceType, id: string | undefined): Map<string, string> {
  requireOneOf('resourceType', type, ['healthcheck', 'hostedzone'])
  if (type === 'healthcheck') throw new AwsError('NoSuchHealthCheck', `No health check found with ID: ${id}`, 404)
  return findZone(world, id).tags
}
