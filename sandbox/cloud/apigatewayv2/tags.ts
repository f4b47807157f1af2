import type {
  GetTagsCommandInput,
  GetTagsCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { badRequest } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { find, findApi } from './find.ts'

type Tags = Record<string, string>

interface Tagged {
  readonly tags: Tags | undefined
  readonly store: (tags: Tags) => void
}

/** `arn:aws:apigateway:REGION::/apis/ID[/stages/NAME]` or `…::/vpclinks/ID`. */
function tagged(world: World, arn: string | undefined): Tagged {
  const [, kind, id, , stageName] =
    /^arn:[\w-]+:apigateway:[\w-]+::\/([^/]+)\/([^/]+)(\/stages\/([^/]+))?$/.exec(arn ?? '') ?? []
  if (kind === 'vpclinks') {
    const { vpcLinks } = world.apigatewayv2
    const link = find('VpcLink', vpcLinks, id)
    return { tags: link.Tags, store: (Tags) => vpcLinks.set(link.VpcLinkId, { ...link, Tags }) }
  }
  if (kind !== 'apis') throw badRequest(`Invalid ARN specified in the request: ${arn}`)
  const api = findApi(world, id)
  if (stageName === undefined) {
    return { tags: api.record.Tags, store: (Tags) => (api.record = { ...api.record, Tags }) }
  }
  const stage = find('Stage', api.stages, stageName)
  return { tags: stage.Tags, store: (Tags) => api.stages.set(stageName, { ...stage, Tags }) }
}

export const getTags: Operation<GetTagsCommandInput, GetTagsCommandOutput> = (world, input) => ({
  Tags: tagged(world, input.ResourceArn).tags ?? {},
})

export const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (world, input) => {
  const { tags, store } = tagged(world, input.ResourceArn)
  store({ ...tags, ...input.Tags })
  return {}
}

export const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (world, input) => {
  const { tags, store } = tagged(world, input.ResourceArn)
  store(Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !input.TagKeys?.includes(key))))
  return {}
}
