import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { call, createZoneSetting, refusal, simple, type ZoneSetting } from './fixture.ts'

let it: ZoneSetting
beforeEach(async () => {
  it = await createZoneSetting()
})
afterEach(() => it.world.clock.stop())

const create = (Name: string, more: object = {}) =>
  call(it.world, 'CreateHostedZone', { Name, CallerReference: Name, ...more })

test('a public zone starts with its NS and SOA records', async () => {
  const made = await create('Other.example', { HostedZoneConfig: { Comment: 'of others' } })
  expect(made).toMatchObject({
    HostedZone: {
      Id: expect.stringMatching(/^\/hostedzone\/Z[0-9A-Z]+$/),
      Name: 'other.example.',
      Config: { PrivateZone: false, Comment: 'of others' },
      ResourceRecordSetCount: 2,
    },
    ChangeInfo: { Id: expect.stringMatching(/^\/change\/C[0-9A-Z]+$/), Status: 'PENDING' },
    DelegationSet: { NameServers: expect.arrayContaining([expect.stringMatching(/^ns-\d+\.awsdns-\d+\.co\.uk$/)]) },
  })
  const { ResourceRecordSets } = await call(it.world, 'ListResourceRecordSets', { HostedZoneId: made.HostedZone.Id })
  expect(ResourceRecordSets.map(({ Type, TTL }: any) => [Type, TTL])).toEqual([
    ['NS', 172_800],
    ['SOA', 900],
  ])
})

test('a change is PENDING, and INSYNC after a while', async () => {
  const { ChangeInfo } = await it.change(['CREATE', simple('www.shop.example', '192.0.2.1')])
  const status = async () => (await call(it.world, 'GetChange', { Id: ChangeInfo.Id })).ChangeInfo.Status
  expect(await status()).toBe('PENDING')
  await expect.poll(status).toBe('INSYNC')
  expect(await refusal(it.world, 'GetChange', { Id: 'C0' })).toEqual({
    code: 'NoSuchChange',
    message: 'Could not find resource with ID: C0',
  })
})

test.each([
  ['a reference that was used', { Name: 'a.example', CallerReference: 'first' }, 'HostedZoneAlreadyExists'],
  ['no domain name', { Name: 'a..example', CallerReference: 'second' }, 'InvalidDomainName'],
  ['a VPC that is not there', { Name: 'a.example', CallerReference: 'x', VPC: { VPCId: 'vpc-0' } }, 'InvalidVPCId'],
])('refuses %s', async (_what, input, code) => {
  expect(await refusal(it.world, 'CreateHostedZone', input)).toMatchObject({ code })
})

describe('private zones', () => {
  const vpc = () => ({ VPCId: it.vpcId, VPCRegion: it.world.region })

  test('belong to VPCs, one of which stays', async () => {
    const { HostedZone } = await create('inside.example', { VPC: vpc() })
    expect(await call(it.world, 'GetHostedZone', { Id: HostedZone.Id })).toMatchObject({
      HostedZone: { Config: { PrivateZone: true } },
      VPCs: [vpc()],
    })
    const { HostedZoneSummaries } = await call(it.world, 'ListHostedZonesByVPC', vpc())
    expect(HostedZoneSummaries).toMatchObject([{ Name: 'inside.example.' }])
    expect(
      await refusal(it.world, 'DisassociateVPCFromHostedZone', { HostedZoneId: HostedZone.Id, VPC: vpc() }),
    ).toMatchObject({ code: 'LastVPCAssociation' })
    expect(
      await refusal(it.world, 'CreateHostedZone', { Name: 'inside.example', CallerReference: 'again', VPC: vpc() }),
    ).toMatchObject({ code: 'ConflictingDomainExists' })
  })

  test('public ones have no VPCs', async () => {
    expect(
      await refusal(it.world, 'AssociateVPCWithHostedZone', { HostedZoneId: it.zoneId, VPC: vpc() }),
    ).toMatchObject({ code: 'PublicZoneVPCAssociation' })
  })
})

describe('lists', () => {
  beforeEach(async () => {
    for (const name of ['b.example', 'a.test', 'www.b.example']) await create(name)
  })

  test('in order of creation, page by page', async () => {
    const first = await call(it.world, 'ListHostedZones', { MaxItems: 3 })
    expect(first).toMatchObject({ IsTruncated: true, MaxItems: 3 })
    const second = await call(it.world, 'ListHostedZones', { MaxItems: 3, Marker: first.NextMarker })
    expect(second.IsTruncated).toBe(false)
    expect([...first.HostedZones, ...second.HostedZones].map(({ Name }: any) => Name)).toEqual([
      'shop.example.',
      'b.example.',
      'a.test.',
      'www.b.example.',
    ])
  })

  test('by name, label by label from the last', async () => {
    const first = await call(it.world, 'ListHostedZonesByName', { MaxItems: 2 })
    expect(first).toMatchObject({ IsTruncated: true, NextDNSName: 'shop.example.' })
    const { NextDNSName: DNSName, NextHostedZoneId: HostedZoneId } = first
    const second = await call(it.world, 'ListHostedZonesByName', { DNSName, HostedZoneId })
    expect([...first.HostedZones, ...second.HostedZones].map(({ Name }: any) => Name)).toEqual([
      'b.example.',
      'www.b.example.',
      'shop.example.',
      'a.test.',
    ])
    const { HostedZones } = await call(it.world, 'ListHostedZonesByName', { DNSName: 'shop.example', MaxItems: 1 })
    expect(HostedZones).toMatchObject([{ Name: 'shop.example.' }])
  })
})

test('only an empty zone is deleted', async () => {
  await it.change(['CREATE', simple('www.shop.example', '192.0.2.1')])
  expect(await refusal(it.world, 'DeleteHostedZone', { Id: it.zoneId })).toMatchObject({ code: 'HostedZoneNotEmpty' })
  await it.change(['DELETE', simple('www.shop.example', '192.0.2.1')])
  await call(it.world, 'DeleteHostedZone', { Id: it.zoneId })
  expect(await refusal(it.world, 'GetHostedZone', { Id: it.zoneId })).toEqual({
    code: 'NoSuchHostedZone',
    message: `No hosted zone found with ID: ${it.zoneId.replace('/hostedzone/', '')}`,
  })
})

test('tags are added, replaced and removed', async () => {
  const resource = { ResourceType: 'hostedzone', ResourceId: it.zoneId }
  const AddTags = [
    { Key: 'team', Value: 'shop' },
    { Key: 'stage', Value: 'test' },
  ]
  await call(it.world, 'ChangeTagsForResource', { ...resource, AddTags })
  await call(it.world, 'ChangeTagsForResource', {
    ...resource,
    AddTags: [{ Key: 'team', Value: 'web' }],
    RemoveTagKeys: ['stage'],
  })
  const { ResourceTagSet } = await call(it.world, 'ListTagsForResource', resource)
  expect(ResourceTagSet.Tags).toEqual([{ Key: 'team', Value: 'web' }])
})
