import type {
  AddTagsCommandInput,
  AddTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  RemoveTagsCommandInput,
  RemoveTagsCommandOutput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { findResource } from './find.ts'
import { constraintError, requireLength, validationError } from './invalid.ts'
import { requireAtMost } from './pages.ts'

const maxTags = 50
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

export const addTags: Operation<AddTagsCommandInput, AddTagsCommandOutput> = (world, input) => {
  const resources = (input.ResourceArns ?? []).map((arn) => findResource(world, arn))
  const added = acceptTags(input.Tags)
  for (const { tags } of resources) requireRoom(new Set([...tags.keys(), ...added.keys()]).size)
  for (const { tags } of resources) for (const [key, value] of added) tags.set(key, value)
  return {}
}

export const removeTags: Operation<RemoveTagsCommandInput, RemoveTagsCommandOutput> = (world, input) => {
  const resources = (input.ResourceArns ?? []).map((arn) => findResource(world, arn))
  for (const key of input.TagKeys ?? []) requireOwnKey(key)
  for (const { tags } of resources) for (const key of input.TagKeys ?? []) tags.delete(key)
  return {}
}

export const describeTags: Operation<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (world, input) => {
  requireAtMost('resourceArns', input.ResourceArns, 20)
  const TagDescriptions = (input.ResourceArns ?? []).map((arn) => ({
    ResourceArn: arn,
    Tags: [...findResource(world, arn).tags].map(([Key, Value]) => ({ Key, Value })),
  }))
  return { TagDescriptions }
}

/** The tags that a Create or AddTags brings, checked. */
export function acceptTags(given: readonly Tag[] | undefined): Map<string, string> {
  const tags = new Map<string, string>()
  for (const { Key = '', Value = '' } of given ?? []) {
    requireLength('tags.member.key', Key, 1, 128)
    requireLength('tags.member.value', Value, 0, 256)
    requireOwnKey(Key)
    for (const [member, text] of [['key', Key] as const, ['value', Value] as const]) {
      if (!allowed.test(text)) {
        throw constraintError(
          `tags.member.${member}`,
          text,
          `Member must satisfy regular expression pattern: ${allowed.source}`,
        )
      }
    }
    if (tags.has(Key)) throw new AwsError('DuplicateTagKeys', `Tag key '${Key}' was specified more than once`)
    tags.set(Key, Value)
  }
  requireRoom(tags.size)
  return tags
}

function requireRoom(count: number): void {
  if (count > maxTags) {
    throw new AwsError('TooManyTags', `The maximum number of tags per resource, '${maxTags}', has been reached`)
  }
}

function requireOwnKey(key: string): void {
  if (/^aws:/i.test(key)) throw validationError('aws: prefixed tag key names are not allowed for external use.')
}
