import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-eks'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'

const tagsPerResource = 50

/** Of EKS's tag operations alone: their errors are others than those of all its operations. */
const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message)

/** The tags of a cluster, a node group, an add-on or an access entry. */
function tagsOf(world: World, arn = ''): Record<string, string> {
  if (!arn.startsWith('arn:aws:eks:')) throw badRequest(`Invalid resource ARN: ${arn}`)
  for (const { about, nodegroups, addons, accessEntries } of world.eks.clusters.values()) {
    if (about.arn === arn) return about.tags
    const parts = [
      ...[...nodegroups.values()].map((part) => [part.about.nodegroupArn, part.about.tags] as const),
      ...[...addons.values()].map((part) => [part.about.addonArn, part.about.tags] as const),
      ...[...accessEntries.values()].map((part) => [part.about.accessEntryArn, part.about.tags] as const),
    ]
    const found = parts.find(([partArn]) => partArn === arn)
    if (found) return found[1]
  }
  throw new AwsError('NotFoundException', `Resource was not found: ${arn}`, 404)
}

const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (world, input) => {
  const tags = tagsOf(world, input.resourceArn)
  const after = { ...tags, ...input.tags }
  if (Object.keys(input.tags ?? {}).some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw badRequest('Tag keys that start with aws: are reserved')
  }
  if (Object.keys(after).length > tagsPerResource) throw badRequest(`More than ${tagsPerResource} tags`)
  Object.assign(tags, after)
  return {}
}

const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (world, input) => {
  const tags = tagsOf(world, input.resourceArn)
  for (const key of input.tagKeys ?? []) delete tags[key]
  return {}
}

const listTagsForResource: Operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> = (
  world,
  input,
) => ({ tags: tagsOf(world, input.resourceArn) })

export const tags: Operations = {
  ListTagsForResource: listTagsForResource,
  TagResource: tagResource,
  UntagResource: untagResource,
}
