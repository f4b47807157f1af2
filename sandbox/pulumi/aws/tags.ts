import { GetTagsCommand, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-api-gateway'
import {
  GetTagsCommand as GetTagsV2Command,
  TagResourceCommand as TagResourceV2Command,
  UntagResourceCommand as UntagResourceV2Command,
} from '@aws-sdk/client-apigatewayv2'
import {
  ListTagsForResourceCommand,
  TagResourceCommand as TagEksCommand,
  UntagResourceCommand as UntagEksCommand,
} from '@aws-sdk/client-eks'
import { AddTagsCommand, DescribeTagsCommand, RemoveTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { isObject, isPresent, UNKNOWN, containsUnknown, type Properties, type Value } from '../properties.ts'
import type { Aws } from './aws.ts'

export type Tags = Record<string, string>

/** How a service keeps the tags of its resources. `resource` is the whole of it, for ids that do not name it alone. */
export interface Tagging {
  read(aws: Aws, id: string, resource: Properties): Promise<Tags>
  add(aws: Aws, id: string, tags: Tags, resource: Properties): Promise<void>
  remove(aws: Aws, id: string, keys: string[], resource: Properties): Promise<void>
}

export const elbv2Tagging: Tagging = {
  async read(aws, id) {
    const { TagDescriptions = [] } = await aws.elbv2(new DescribeTagsCommand({ ResourceArns: [id] }))
    return fromTagList(TagDescriptions[0]?.Tags)
  },
  async add(aws, id, tags) {
    await aws.elbv2(new AddTagsCommand({ ResourceArns: [id], Tags: toTagList(tags) ?? [] }))
  },
  async remove(aws, id, keys) {
    await aws.elbv2(new RemoveTagsCommand({ ResourceArns: [id], TagKeys: keys }))
  },
}

export const ec2Tagging: Tagging = {
  async read(aws, id) {
    const { DescribeTagsCommand } = await import('@aws-sdk/client-ec2')
    const { Tags } = await aws.ec2(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }))
    return fromTagList(Tags)
  },
  async add(aws, id, tags) {
    const { CreateTagsCommand } = await import('@aws-sdk/client-ec2')
    await aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: toTagList(tags) ?? [] }))
  },
  async remove(aws, id, keys) {
    const { DeleteTagsCommand } = await import('@aws-sdk/client-ec2')
    await aws.ec2(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) }))
  },
}

/** Of what has an ARN among its own properties. */
export const apigatewayTagging: Tagging = {
  async read(aws, _id, { arn }) {
    const { tags = {} } = await aws.apigateway(new GetTagsCommand({ resourceArn: arn as string }))
    return tags
  },
  async add(aws, _id, tags, { arn }) {
    await aws.apigateway(new TagResourceCommand({ resourceArn: arn as string, tags }))
  },
  async remove(aws, _id, tagKeys, { arn }) {
    await aws.apigateway(new UntagResourceCommand({ resourceArn: arn as string, tagKeys }))
  },
}

/** Of what has an ARN among its own properties. */
export const apigatewayv2Tagging: Tagging = {
  async read(aws, _id, { arn }) {
    const { Tags = {} } = await aws.apigatewayv2(new GetTagsV2Command({ ResourceArn: arn as string }))
    return Tags
  },
  async add(aws, _id, Tags, { arn }) {
    await aws.apigatewayv2(new TagResourceV2Command({ ResourceArn: arn as string, Tags }))
  },
  async remove(aws, _id, TagKeys, { arn }) {
    await aws.apigatewayv2(new UntagResourceV2Command({ ResourceArn: arn as string, TagKeys }))
  },
}

/** Of what has an ARN among its own properties, under whatever name. */
export const eksTagging = (arnName: string): Tagging => ({
  async read(aws, _id, resource) {
    const { tags = {} } = await aws.eks(new ListTagsForResourceCommand({ resourceArn: resource[arnName] as string }))
    return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')))
  },
  async add(aws, _id, tags, resource) {
    await aws.eks(new TagEksCommand({ resourceArn: resource[arnName] as string, tags }))
  },
  async remove(aws, _id, tagKeys, resource) {
    await aws.eks(new UntagEksCommand({ resourceArn: resource[arnName] as string, tagKeys }))
  },
})

/** For a create call; nothing where there are none, because AWS takes no empty list. */
export function toTagList(tags: Tags | undefined): { Key: string; Value: string }[] | undefined {
  const list = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }))
  return list.length === 0 ? undefined : list
}

/** Without the tags that AWS itself sets. */
export function fromTagList(list: { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(list.flatMap(({ Key = '', Value = '' }) => (Key.startsWith('aws:') ? [] : [[Key, Value]])))
}

/** The tags that a resource gets: the provider's, then its own. */
export function allTags(defaults: Tags, tags: Value | undefined): Value {
  if (tags === UNKNOWN || containsUnknown(tags)) return UNKNOWN
  return { ...defaults, ...(isObject(tags) ? tags : {}) }
}

/**
 * The resource's own part of all its tags: what the provider adds is its own only if the resource says so too.
 * undefined: it has none.
 */
export function ownTags(defaults: Tags, all: Tags, prior: Value | undefined): Tags | undefined {
  const stated = isObject(prior) ? prior : {}
  const own = Object.entries(all).filter(([key, value]) => defaults[key] !== value || isPresent(stated[key]))
  return own.length > 0 ? Object.fromEntries(own) : undefined
}

/** Brings the tags of a resource from one set to the other with as few calls as there is need for. */
export async function updateTags(
  tagging: Tagging,
  aws: Aws,
  id: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const [old, current] = [before.tagsAll, after.tagsAll].map((tags) => (isObject(tags) ? tags : {})) as [Tags, Tags]
  const removed = Object.keys(old).filter((key) => !(key in current))
  const added = Object.fromEntries(Object.entries(current).filter(([key, value]) => old[key] !== value))
  if (removed.length > 0) await tagging.remove(aws, id, removed, after)
  if (Object.keys(added).length > 0) await tagging.add(aws, id, added, after)
}
