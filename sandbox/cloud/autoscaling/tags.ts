import type {
  CreateOrUpdateTagsCommandInput,
  CreateOrUpdateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  Tag,
  TagDescription,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../elbv2/invalid.ts'
import type { Operation, Operations } from '../operation.ts'
import { findGroup, page } from './find.ts'
import type { Group } from './state.ts'

export const describeTags = ({ name, tags }: Group): TagDescription[] =>
  [...tags].map(([Key, { value, propagates }]) => ({
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value: value,
    PropagateAtLaunch: propagates,
  }))

/** Instances that run already get none of it. */
export function tag({ tags }: Group, added: readonly Tag[] = []): void {
  for (const { Key = '' } of added) {
    if (Key.startsWith('aws:')) {
      throw validationError(`Invalid tag key - aws: prefixed tag key names are not allowed for external use: ${Key}`)
    }
  }
  for (const { Key = '', Value = '', PropagateAtLaunch = false } of added) {
    tags.set(Key, { value: Value, propagates: PropagateAtLaunch })
  }
}

const createOrUpdateTags: Operation<CreateOrUpdateTagsCommandInput, CreateOrUpdateTagsCommandOutput> = (
  world,
  input,
) => {
  for (const one of input.Tags ?? []) tag(findGroup(world, one.ResourceId), [one])
  return {}
}

const deleteTags: Operation<DeleteTagsCommandInput, DeleteTagsCommandOutput> = (world, input) => {
  for (const { ResourceId, Key = '' } of input.Tags ?? []) findGroup(world, ResourceId).tags.delete(Key)
  return {}
}

const matches: Readonly<Record<string, (tag: TagDescription) => string | undefined>> = {
  'auto-scaling-group': (tag) => tag.ResourceId,
  key: (tag) => tag.Key,
  value: (tag) => tag.Value,
  'propagate-at-launch': (tag) => String(tag.PropagateAtLaunch),
}

const describe: Operation<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (world, input) => {
  const all = [...world.autoscaling.groups.values()].flatMap(describeTags)
  const found = all.filter((one) =>
    (input.Filters ?? []).every(({ Name = '', Values = [] }) => {
      const value = matches[Name]?.(one)
      return value !== undefined && Values.includes(value)
    }),
  )
  const { items, NextToken } = page(found, input, 100)
  return { Tags: items, NextToken }
}

export const tagOperations: Operations = {
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteTags: deleteTags,
  DescribeTags: describe,
}
