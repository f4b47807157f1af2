import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import type { iam } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, output, replaces, required, taggedGlobal, text, texts } from '../schema.ts'
import { fromTagList, toTagList, type Tagging } from '../tags.ts'

type State = Unwrap<iam.OpenIdConnectProviderState>

const tagging: Tagging = {
  async read(aws, id) {
    const list = new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn: id })
    return fromTagList((await aws.iam(list)).Tags)
  },
  async add(aws, id, tags) {
    await aws.iam(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id, Tags: toTagList(tags) }))
  },
  async remove(aws, id, TagKeys) {
    await aws.iam(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id, TagKeys }))
  },
}

export const iamOpenIdConnectProvider = resourceType<State>({
  token: 'aws:iam/openIdConnectProvider:OpenIdConnectProvider',
  label: 'IAM OIDC Provider',
  tagging,
  schema: {
    ...taggedGlobal,
    arn: { ...text, ...output },
    clientIdLists: { ...texts, ...required },
    thumbprintLists: { type: 'list', ...computed },
    url: { ...text, ...required, ...replaces, canonical: withoutScheme },
  },

  async create(aws, { url = '', clientIdLists, thumbprintLists, tagsAll }) {
    const command = new CreateOpenIDConnectProviderCommand({
      // IAM wants the scheme and the state leaves it out.
      Url: `https://${withoutScheme(url)}`,
      ClientIDList: clientIdLists,
      ...(thumbprintLists && { ThumbprintList: thumbprintLists }),
      Tags: toTagList(tagsAll),
    })
    return (await aws.iam(command)).OpenIDConnectProviderArn ?? ''
  },

  async read(aws, id) {
    const get = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id })
    const found = await unlessMissing(aws.iam(get), 'NoSuchEntity')
    return (
      found && { arn: id, clientIdLists: found.ClientIDList, thumbprintLists: found.ThumbprintList, url: found.Url }
    )
  },

  async update(aws, id, { clientIdLists = [], thumbprintLists }, changed, prior) {
    const OpenIDConnectProviderArn = id
    if (changed.has('thumbprintLists')) {
      const ThumbprintList = thumbprintLists
      await aws.iam(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }))
    }
    const before = prior.clientIdLists ?? []
    for (const ClientID of clientIdLists.filter((one) => !before.includes(one)))
      await aws.iam(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }))
    for (const ClientID of before.filter((one) => !clientIdLists.includes(one)))
      await aws.iam(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }))
  },

  async delete(aws, id) {
    const remove = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id })
    await unlessMissing(aws.iam(remove), 'NoSuchEntity')
  },
})

function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '')
}
