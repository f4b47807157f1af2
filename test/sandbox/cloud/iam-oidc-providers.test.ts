import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accountId, startTestWire, type TestWire } from '../wire/fixture.ts'

const issuer = 'oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'
const OpenIDConnectProviderArn = `arn:aws:iam::${accountId}:oidc-provider/${issuer}`
const provider = { OpenIDConnectProviderArn }
const thumbprint = 'a'.repeat(40)

let it: TestWire
let iam: IAMClient
beforeEach(async () => {
  it = await startTestWire()
  iam = new IAMClient(it.client)
})
afterEach(async () => {
  iam.destroy()
  await it.close()
})

const create = (more: Partial<CreateOpenIDConnectProviderCommand['input']> = {}) =>
  new CreateOpenIDConnectProviderCommand({ Url: `https://${issuer}`, ClientIDList: ['sts.amazonaws.com'], ...more })

test('a provider is made, changed and deleted', async () => {
  const Tags = [{ Key: 'colour', Value: 'green' }]
  expect(await iam.send(create({ Tags }))).toMatchObject({ OpenIDConnectProviderArn, Tags })
  expect(await iam.send(new GetOpenIDConnectProviderCommand(provider))).toMatchObject({
    Url: issuer,
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: [expect.stringMatching(/^[0-9a-f]{40}$/)],
    Tags,
  })
  expect(await iam.send(new ListOpenIDConnectProvidersCommand())).toMatchObject({
    OpenIDConnectProviderList: [{ Arn: OpenIDConnectProviderArn }],
  })

  const ThumbprintList = [thumbprint]
  await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...provider, ThumbprintList }))
  await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID: 'shop' }))
  await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider, ClientID: 'sts.amazonaws.com' }))
  await iam.send(new TagOpenIDConnectProviderCommand({ ...provider, Tags: [{ Key: 'team', Value: 'shop' }] }))
  await iam.send(new UntagOpenIDConnectProviderCommand({ ...provider, TagKeys: ['colour'] }))
  expect(await iam.send(new GetOpenIDConnectProviderCommand(provider))).toMatchObject({
    ClientIDList: ['shop'],
    ThumbprintList,
  })
  expect(await iam.send(new ListOpenIDConnectProviderTagsCommand(provider))).toMatchObject({
    Tags: [{ Key: 'team', Value: 'shop' }],
    IsTruncated: false,
  })

  for (const _twice of [1, 2]) await iam.send(new DeleteOpenIDConnectProviderCommand(provider))
  await expect(iam.send(new GetOpenIDConnectProviderCommand(provider))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
    message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
  })
})

test.each([
  [{ Url: `http://${issuer}` }, 'ValidationError', 'Invalid Open ID Connect Provider URL'],
  [{ ThumbprintList: ['short'] }, 'InvalidInputException', "'short' must be 40"],
  [{ ThumbprintList: Array<string>(6).fill(thumbprint) }, 'InvalidInputException', 'fewer than 6'],
  [{ Url: 'https://taken.example/' }, 'EntityAlreadyExistsException', 'Provider with url https://taken.example/'],
])('refused: %o', async (more, name, message) => {
  await iam.send(create({ Url: 'https://taken.example' }))
  await expect(iam.send(create(more))).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
  expect(it.world.iam.oidcProviders.size).toBe(1)
})
