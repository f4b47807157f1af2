import type {
  ListRoleTagsCommandInput,
  ListRoleTagsCommandOutput,
  Tag,
  TagRoleCommandInput,
  TagRoleCommandOutput,
  UntagRoleCommandInput,
  UntagRoleCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { describeTags, iamPage, roleNamed } from './role.ts'

const tagsPerRole = 50

/** All of them or none. */
export function setTags(tags: Map<string, string>, added: readonly Tag[]): void {
  const reserved = added.find(({ Key }) => Key?.toLowerCase().startsWith('aws:'))
  if (reserved) throw new AwsError('InvalidInput', 'Tag keys that start with aws: are reserved for system use.')
  const keys = new Set([...tags.keys(), ...added.map(({ Key = '' }) => Key)])
  if (keys.size > tagsPerRole) {
    throw new AwsError('LimitExceeded', `The number of tags has reached the maximum limit: ${tagsPerRole}.`, 409)
  }
  for (const { Key = '', Value = '' } of added) tags.set(Key, Value)
}

const tagRole: Operation<TagRoleCommandInput, TagRoleCommandOutput> = (world, input) => {
  setTags(roleNamed(world, input.RoleName).tags, input.Tags ?? [])
  return {}
}

const untagRole: Operation<UntagRoleCommandInput, UntagRoleCommandOutput> = (world, input) => {
  const { tags } = roleNamed(world, input.RoleName)
  for (const key of input.TagKeys ?? []) tags.delete(key)
  return {}
}

const listRoleTags: Operation<ListRoleTagsCommandInput, ListRoleTagsCommandOutput> = (world, input) => {
  const { items, truncation } = iamPage(describeTags(roleNamed(world, input.RoleName).tags), input)
  return { Tags: items, ...truncation }
}

export const roleTags: Operations = {
  ListRoleTags: listRoleTags,
  TagRole: tagRole,
  UntagRole: untagRole,
}
