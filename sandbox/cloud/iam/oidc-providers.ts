import type {
  AddClientIDToOpenIDConnectProviderCommandInput,
  AddClientIDToOpenIDConnectProviderCommandOutput,
  CreateOpenIDConnectProviderCommandInput,
  CreateOpenIDConnectProviderCommandOutput,
  DeleteOpenIDConnectProviderCommandInput,
  DeleteOpenIDConnectProviderCommandOutput,
  GetOpenIDConnectProviderCommandInput,
  GetOpenIDConnectProviderCommandOutput,
  ListOpenIDConnectProvidersCommandInput,
  ListOpenIDConnectProvidersCommandOutput,
  ListOpenIDConnectProviderTagsCommandInput,
  ListOpenIDConnectProviderTagsCommandOutput,
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  RemoveClientIDFromOpenIDConnectProviderCommandOutput,
  TagOpenIDConnectProviderCommandInput,
  TagOpenIDConnectProviderCommandOutput,
  UntagOpenIDConnectProviderCommandInput,
  UntagOpenIDConnectProviderCommandOutput,
  UpdateOpenIDConnectProviderThumbprintCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { describeTags, iamPage } from './role.ts'
import { setTags } from './role-tags.ts'
import type { OidcProviderRecord } from './state.ts'

/** What IAM finds by itself when a request names none: of the authority above every EKS issuer. */
const eksThumbprint = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280'

const createProvider: Operation<CreateOpenIDConnectProviderCommandInput, CreateOpenIDConnectProviderCommandOutput> = (
  world,
  input,
) => {
  const { Url = '', ClientIDList: clientIds = [], ThumbprintList: thumbprints = [eksThumbprint] } = input
  if (!/^https:\/\/[^\s/?#]+[^\s?#]*$/.test(Url)) {
    throw new AwsError('ValidationError', 'Invalid Open ID Connect Provider URL')
  }
  const url = Url.replace('https://', '').replace(/\/$/, '')
  const arn = `arn:aws:iam::${world.accountId}:oidc-provider/${url}`
  if (world.iam.oidcProviders.has(arn)) {
    throw new AwsError('EntityAlreadyExists', `Provider with url ${Url} already exists.`, 409)
  }
  requireThumbprints(thumbprints)
  const tags = new Map<string, string>()
  setTags(tags, input.Tags ?? [])
  const provider = { arn, url, createdAt: new Date(), clientIds: new Set(clientIds), thumbprints, tags }
  world.iam.oidcProviders.set(arn, provider)
  return { OpenIDConnectProviderArn: arn, ...(input.Tags ? { Tags: describeTags(tags) } : {}) }
}

/** SHA-1, in hexadecimal. */
function requireThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > 5) throw new AwsError('InvalidInput', 'Thumbprint list must contain fewer than 6 entries.')
  const odd = thumbprints.find((thumbprint) => !/^[0-9a-fA-F]{40}$/.test(thumbprint))
  if (odd !== undefined) throw new AwsError('InvalidInput', `Thumbprint '${odd}' must be 40 hexadecimal digits.`)
}

function providerOf(world: World, arn: string | undefined): OidcProviderRecord {
  const provider = world.iam.oidcProviders.get(arn ?? '')
  if (!provider) throw new AwsError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`, 404)
  return provider
}

/** The URL comes back without its scheme. */
const getProvider: Operation<GetOpenIDConnectProviderCommandInput, GetOpenIDConnectProviderCommandOutput> = (
  world,
  input,
) => {
  const { url, createdAt, clientIds, thumbprints, tags } = providerOf(world, input.OpenIDConnectProviderArn)
  return {
    Url: url,
    ClientIDList: [...clientIds],
    ThumbprintList: [...thumbprints],
    CreateDate: createdAt,
    Tags: describeTags(tags),
  }
}

const listProviders: Operation<ListOpenIDConnectProvidersCommandInput, ListOpenIDConnectProvidersCommandOutput> = (
  world,
) => ({ OpenIDConnectProviderList: [...world.iam.oidcProviders.keys()].map((Arn) => ({ Arn })) })

/** One that is not there counts as deleted. */
const deleteProvider: Operation<DeleteOpenIDConnectProviderCommandInput, DeleteOpenIDConnectProviderCommandOutput> = (
  world,
  input,
) => {
  world.iam.oidcProviders.delete(input.OpenIDConnectProviderArn ?? '')
  return {}
}

const updateThumbprint: Operation<
  UpdateOpenIDConnectProviderThumbprintCommandInput,
  UpdateOpenIDConnectProviderThumbprintCommandOutput
> = (world, input) => {
  const provider = providerOf(world, input.OpenIDConnectProviderArn)
  const thumbprints = input.ThumbprintList ?? []
  requireThumbprints(thumbprints)
  provider.thumbprints = thumbprints
  return {}
}

const addClient: Operation<
  AddClientIDToOpenIDConnectProviderCommandInput,
  AddClientIDToOpenIDConnectProviderCommandOutput
> = (world, input) => {
  providerOf(world, input.OpenIDConnectProviderArn).clientIds.add(input.ClientID ?? '')
  return {}
}

const removeClient: Operation<
  RemoveClientIDFromOpenIDConnectProviderCommandInput,
  RemoveClientIDFromOpenIDConnectProviderCommandOutput
> = (world, input) => {
  providerOf(world, input.OpenIDConnectProviderArn).clientIds.delete(input.ClientID ?? '')
  return {}
}

const tagProvider: Operation<TagOpenIDConnectProviderCommandInput, TagOpenIDConnectProviderCommandOutput> = (
  world,
  input,
) => {
  setTags(providerOf(world, input.OpenIDConnectProviderArn).tags, input.Tags ?? [])
  return {}
}

const untagProvider: Operation<UntagOpenIDConnectProviderCommandInput, UntagOpenIDConnectProviderCommandOutput> = (
  world,
  input,
) => {
  const { tags } = providerOf(world, input.OpenIDConnectProviderArn)
  for (const key of input.TagKeys ?? []) tags.delete(key)
  return {}
}

const listProviderTags: Operation<
  ListOpenIDConnectProviderTagsCommandInput,
  ListOpenIDConnectProviderTagsCommandOutput
> = (world, input) => {
  const { items, truncation } = iamPage(describeTags(providerOf(world, input.OpenIDConnectProviderArn).tags), input)
  return { Tags: items, ...truncation }
}

export const oidcProviders: Operations = {
  AddClientIDToOpenIDConnectProvider: addClient,
  CreateOpenIDConnectProvider: createProvider,
  DeleteOpenIDConnectProvider: deleteProvider,
  GetOpenIDConnectProvider: getProvider,
  ListOpenIDConnectProviders: listProviders,
  ListOpenIDConnectProviderTags: listProviderTags,
  RemoveClientIDFromOpenIDConnectProvider: removeClient,
  TagOpenIDConnectProvider: tagProvider,
  UntagOpenIDConnectProvider: untagProvider,
  UpdateOpenIDConnectProviderThumbprint: updateThumbprint,
}
