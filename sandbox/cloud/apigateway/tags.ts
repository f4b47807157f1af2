import type {
  GetTagsCommandInput,
  GetTagsCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findApi, findStage, findVpcLink } from './find.ts'
import { badRequest } from './invalid.ts'

type Tags = Record<string, string>

interface Tagged {
  readonly tags: Tags | undefined
  readonly store: (tags: Tags) => void
}

/** APIs, stages and VPC links have tags: `arn:aws:apigateway:REGION::/restapis/ID[/stages/NAME]` or `…::/vpclinks/ID`. */
function tagged(world: World, arn: string | undefined): Tagged {
  const [, kind, id, , stageName] =
    /^arn:[\w-]+:apigateway:[\w-]+::\/([^/]+)\/([^/]+)(\/stages\/([^/]+))?$/.exec(arn ?? '') ?? []
  if (kind === 'vpclinks') {
    const link = findVpcLink(world, id)
    return { tags: link.tags, store: (tags) => world.apigateway.vpcLinks.set(link.id, { ...link, tags }) }
  }
  if (kind !== 'restapis') throw badRequest(`Invalid ARN specified in the request: ${arn}`)
  const api = findApi(world, id)
  if (stageName === undefined) {
    return { tags: api.record.tags, store: (tags) => (api.record = { ...api.record, tags }) }
  }
  const stage = findStage(api, stageName)
  return { tags: stage.tags, store: (tags) => api.stages.set(stageName, { ...stage, tags }) }
}

export const getTags: Operation<GetTagsCommandInput, GetTagsCommandOutput> = (world, input) => ({
  tags: tagged(world, input.resourceArn).tags ?? {},
})

export const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (world, input) => {
  const { tags, store } = tagged(world, input.resourceArn)
  store({ ...tags, ...input.tags })
  return {}
}

export const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (world, input) => {
  const { tags, store } = tagged(world, input.resourceArn)
  store(Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !input.tagKeys?.includes(key))))
  return {}
}
