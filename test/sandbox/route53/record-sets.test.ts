import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import type { AwsError } from '../../../sandbox/cloud/errors.ts'
import { route53 } from '../../../sandbox/cloud/route53/operations.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { call, createZoneSetting, simple, weighted, type ZoneSetting } from './fixture.ts'

let it: ZoneSetting
beforeEach(async () => {
  it = await createZoneSetting()
})
afterEach(() => it.world.clock.stop())

const www = 'www.shop.example'
const alias = (set: object = {}) => ({
  Name: www,
  Type: 'A' as const,
  AliasTarget: { HostedZoneId: it.hostedZoneId, DNSName: it.dnsName, EvaluateTargetHealth: false },
  ...set,
})

describe('change batches', () => {
  test('make, replace and delete, and show names as Route 53 keeps them', async () => {
    await it.change(['CREATE', simple('*.Shop.example', '192.0.2.1')], ['UPSERT', simple(www, '192.0.2.1')])
    await it.change(['UPSERT', simple(`${www}.`, '192.0.2.2', '192.0.2.3')])
    expect(await it.sets()).toEqual(['\\052.shop.example. A', 'www.shop.example. A'])
    await it.change(['DELETE', simple('\\052.shop.example', '192.0.2.1')])
    // The order of values is no difference.
    await it.change(['DELETE', simple(www, '192.0.2.3', '192.0.2.2')])
    expect(await it.sets()).toEqual([])
  })

  test('turn a simple record into two weighted ones at once', async () => {
    await it.change(['CREATE', simple(www, '192.0.2.1')])
    await it.change(
      ['CREATE', weighted(www, 'green', 0, '192.0.2.2')],
      ['DELETE', simple(www, '192.0.2.1')],
      ['CREATE', weighted(www, 'blue', 100, '192.0.2.1')],
    )
    expect(await it.sets()).toEqual(['www.shop.example. A blue', 'www.shop.example. A green'])
  })

  test('change nothing when one change of them is refused', async () => {
    const refused = await it.refused(
      ['CREATE', simple('a.shop.example', '192.0.2.1')],
      ['DELETE', simple('b.shop.example', '192.0.2.1')],
      ['CREATE', simple('c.elsewhere.example', '192.0.2.1')],
    )
    expect(refused).toBe(
      "InvalidChangeBatch: [Tried to delete resource record set [name='b.shop.example.', type='A'] but it was not found, " +
        'RRSet with DNS name c.elsewhere.example. is not permitted in zone shop.example.]',
    )
    expect(await it.sets()).toEqual([])
  })

  test('one at a time in a zone', async () => {
    const first = it.change(['CREATE', simple('a.shop.example', '192.0.2.1')])
    expect(await it.refused(['CREATE', simple('b.shop.example', '192.0.2.1')])).toBe(
      'PriorRequestNotComplete: The request was rejected because Route 53 was still processing a prior request.',
    )
    await first
    await it.change(['CREATE', simple('b.shop.example', '192.0.2.1')])
  })

  test('at most 1000 records, an UPSERT counting twice', async () => {
    const many = Array.from({ length: 501 }, (_, index) => simple(`n${index}.shop.example`, '192.0.2.1'))
    expect(await it.refused(...many.map((set) => ['UPSERT', set] as ['UPSERT', object]))).toBe(
      'InvalidChangeBatch: [Number of records limit of 1000 exceeded.]',
    )
    await it.change(...many.map((set) => ['CREATE', set] as ['CREATE', object]))
  })
})

describe('refusals beside what is there', () => {
  beforeEach(async () => {
    await it.change(
      ['CREATE', simple(www, '192.0.2.1')],
      ['CREATE', weighted('api.shop.example', 'blue', 100, '192.0.2.1')],
    )
  })

  test.each<[string, ...Parameters<ZoneSetting['refused']>]>([
    [
      "Tried to create resource record set [name='www.shop.example.', type='A'] but it already exists",
      ['CREATE', simple(www, '192.0.2.9')],
    ],
    [
      "Tried to create resource record set [name='api.shop.example.', type='A', set-identifier='blue'] but it already exists",
      ['CREATE', weighted('api.shop.example', 'blue', 1, '192.0.2.9')],
    ],
    [
      "Tried to delete resource record set [name='www.shop.example.', type='A'] but the values provided do not match the current values",
      ['DELETE', simple(www, '192.0.2.9')],
    ],
    [
      "Tried to delete resource record set [name='api.shop.example.', type='A', set-identifier='blue'] but the values provided do not match the current values",
      ['DELETE', weighted('api.shop.example', 'blue', 99, '192.0.2.1')],
    ],
    [
      'RRSet with DNS name www.shop.example., type A, SetIdentifier green cannot be created as other RRSets exist with the same name and type.',
      ['CREATE', weighted(www, 'green', 0, '192.0.2.2')],
    ],
    [
      'RRSet with DNS name api.shop.example., type A cannot be created as other RRSets exist with the same name and type.',
      ['UPSERT', simple('api.shop.example', '192.0.2.2')],
    ],
    [
      'RRSet with DNS name api.shop.example., type A, SetIdentifier near, and Region Name=eu-west-1 cannot be created because a non-latency RRSet with the same name and type already exists',
      ['CREATE', { ...simple('api.shop.example', '192.0.2.2'), SetIdentifier: 'near', Region: 'eu-west-1' }],
    ],
    [
      'RRSet of type CNAME with DNS name www.shop.example. is not permitted because a conflicting RRSet of type A with the same DNS name already exists in zone shop.example.',
      ['CREATE', { Name: www, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'a.example' }] }],
    ],
    [
      'RRSet of type CNAME with DNS name shop.example. is not permitted at apex in zone shop.example.',
      ['CREATE', { Name: 'shop.example', Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'a.example' }] }],
    ],
    [
      "The request contains an invalid set of changes for a resource record set 'A www.shop.example.'",
      ['UPSERT', simple(www, '192.0.2.2')],
      ['UPSERT', simple(www, '192.0.2.3')],
    ],
    [
      "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'here''",
      ['UPSERT', simple(www, 'here')],
    ],
    ["Duplicate Resource Record: '192.0.2.2'", ['UPSERT', simple(www, '192.0.2.2', '192.0.2.2')]],
    [
      "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'bare''",
      ['CREATE', { Name: www, Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: 'bare' }] }],
    ],
    [
      'RRSet with DNS name api.shop.example., type A, SetIdentifier green cannot be created: all weighted RRSets of a name and type must have the same TTL',
      ['CREATE', { ...weighted('api.shop.example', 'green', 0, '192.0.2.2'), TTL: 300 }],
    ],
  ])('%s', async (message, ...changes) => {
    const before = await it.sets()
    expect(await it.refused(...changes)).toBe(`InvalidChangeBatch: [${message}]`)
    expect(await it.sets()).toEqual(before)
  })

  test('the zone keeps its SOA and NS records', async () => {
    const { ResourceRecordSets } = await call(it.world, 'ListResourceRecordSets', { HostedZoneId: it.zoneId })
    const own = ResourceRecordSets.filter(({ Name }: any) => Name === 'shop.example.')
    expect(await it.refused(...own.map((set: any) => ['DELETE', set] as ['DELETE', object]))).toBe(
      'InvalidChangeBatch: [A HostedZone must contain exactly one SOA record., ' +
        'A HostedZone must contain at least one NS record for the zone itself.]',
    )
  })
})

describe('refusals of the request itself', () => {
  test.each<[string, object]>([
    [
      "1 validation error detected: Value '256' at 'changeBatch.changes.1.member.resourceRecordSet.weight' failed to satisfy constraint: Member must have value less than or equal to 255",
      weighted(www, 'blue', 256, '192.0.2.1'),
    ],
    [
      'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=www.shop.example., Type=A, SetIdentifier=null]',
      { Name: www, Type: 'A' },
    ],
    [
      "Invalid request: Missing field 'SetIdentifier' in Change with [Action=CREATE, Name=www.shop.example., Type=A, SetIdentifier=null]",
      { ...simple(www, '192.0.2.1'), Weight: 1 },
    ],
    [
      'Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found none in Change with [Action=CREATE, Name=www.shop.example., Type=A, SetIdentifier=blue]',
      { ...simple(www, '192.0.2.1'), SetIdentifier: 'blue' },
    ],
  ])('%s', async (message, set) => {
    expect(await it.refused(['CREATE', set])).toBe(`InvalidInput: ${message}`)
  })

  test('an alias has no TTL', async () => {
    expect(await it.refused(['CREATE', alias({ TTL: 60 })])).toContain('but found more than one in Change with')
  })
})

describe('aliases', () => {
  test('point to a load balancer, with or without dualstack.', async () => {
    await it.change(['CREATE', alias()])
    const target = { ...alias().AliasTarget, DNSName: `dualstack.${it.dnsName.toUpperCase()}.` }
    await it.change(['CREATE', alias({ Name: 'api.shop.example', AliasTarget: target })])
    const { ResourceRecordSets } = await call(it.world, 'ListResourceRecordSets', {
      HostedZoneId: it.zoneId,
      StartRecordName: 'api.shop.example',
      MaxItems: 1,
    })
    expect(ResourceRecordSets).toEqual([
      {
        Name: 'api.shop.example.',
        Type: 'A',
        AliasTarget: {
          HostedZoneId: it.hostedZoneId,
          DNSName: `dualstack.${it.dnsName}.`.toLowerCase(),
          EvaluateTargetHealth: false,
        },
      },
    ])
  })

  test('to what is not there are refused', async () => {
    const to = (HostedZoneId: string, DNSName: string) =>
      it.refused(['CREATE', alias({ AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: false } })])
    const zone = it.zoneId.replace('/hostedzone/', '')
    const tried = (name: string, id: string) =>
      `InvalidChangeBatch: [Tried to create an alias that targets ${name}., type A in zone ${id}, but`
    expect(await to(it.hostedZoneId, 'gone-1.ap-northeast-2.elb.amazonaws.com')).toBe(
      `${tried('gone-1.ap-northeast-2.elb.amazonaws.com', it.hostedZoneId)} that target was not found]`,
    )
    expect(await to(zone, 'other.shop.example')).toBe(`${tried('other.shop.example', zone)} that target was not found]`)
    expect(await to(zone, it.dnsName)).toBe(
      `${tried(it.dnsName.toLowerCase(), zone)} the alias target name does not lie within the target zone]`,
    )
  })
})

test('every routing policy is kept as it was given', async () => {
  const policies = {
    latency: { Region: 'eu-west-1' },
    geolocation: { GeoLocation: { CountryCode: 'KR' } },
    failover: { Failover: 'PRIMARY' },
    multivalue: { MultiValueAnswer: true },
    weighted: { Weight: 0 },
  } as const
  for (const [name, policy] of Object.entries(policies)) {
    await it.change(['CREATE', { ...simple(`${name}.shop.example`, '192.0.2.1'), SetIdentifier: name, ...policy }])
  }
  const { ResourceRecordSets } = await call(it.world, 'ListResourceRecordSets', { HostedZoneId: it.zoneId })
  for (const [name, policy] of Object.entries(policies)) {
    const Name = `${name}.shop.example.`
    expect(ResourceRecordSets).toContainEqual({ ...simple(Name, '192.0.2.1'), SetIdentifier: name, ...policy })
  }
})

test('lists are sorted by label, type and identifier, and come in pages', async () => {
  await it.change(
    ['CREATE', simple('b.shop.example', '192.0.2.1')],
    ['CREATE', simple('x.a.shop.example', '192.0.2.1')],
    ['CREATE', { ...simple('a.shop.example', '"text"'), Type: 'TXT' }],
    ['CREATE', weighted('a.shop.example', 'two', 1, '192.0.2.1')],
    ['CREATE', weighted('a.shop.example', 'one', 1, '192.0.2.1')],
  )
  const all: string[] = []
  let start: object = { StartRecordName: 'a.shop.example' }
  for (let more = true; more;) {
    const page = await call(it.world, 'ListResourceRecordSets', { HostedZoneId: it.zoneId, MaxItems: 2, ...start })
    all.push(
      ...page.ResourceRecordSets.map(({ Name, Type, SetIdentifier }: any) => [Name, Type, SetIdentifier].join(' ')),
    )
    more = page.IsTruncated
    start = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    }
  }
  expect(all).toEqual([
    'a.shop.example. A one',
    'a.shop.example. A two',
    'a.shop.example. TXT ',
    'x.a.shop.example. A ',
    'b.shop.example. A ',
  ])
})

describe('protections', () => {
  const protect = (...names: string[]) =>
    call(it.world, 'CreateResourceRecordSetProtections', {
      HostedZoneId: it.zoneId,
      Protections: names.map((RecordName) => ({ RecordName, RecordType: 'A', Comment: 'until Monday' })),
    })

  test('refuse every change of a name and type until they are deleted', async () => {
    await protect(www)
    expect(await it.refused(['CREATE', simple(www, '192.0.2.1')])).toBe(
      "InvalidChangeBatch: [The resource record set [name='www.shop.example.', type='A'] is protected: until Monday]",
    )
    const { ResourceRecordSetProtections } = await call(it.world, 'ListResourceRecordSetProtections', {
      HostedZoneId: it.zoneId,
    })
    expect(ResourceRecordSetProtections).toEqual([
      { RecordName: 'www.shop.example.', RecordType: 'A', Comment: 'until Monday' },
    ])
    await call(it.world, 'DeleteResourceRecordSetProtections', {
      HostedZoneId: it.zoneId,
      Protections: [{ RecordName: www, RecordType: 'A' }],
    })
    await it.change(['CREATE', simple(www, '192.0.2.1')])
  })

  test('are made all or none', async () => {
    await protect(www)
    await expect(protect(www)).rejects.toMatchObject({ code: 'ProtectionAlreadyExists' })
    await expect(protect('api.shop.example', www)).rejects.toMatchObject({
      code: 'InvalidResourceRecordSetProtectionBatch',
      fields: { Errors: [{ RecordName: 'www.shop.example.', Code: 'ProtectionAlreadyExists' }] },
    })
    await it.change(['CREATE', simple('api.shop.example', '192.0.2.1')])
  })
})

test('the sixth request in a second is refused, whatever it asks', async () => {
  const clock = new Clock(1)
  const world = createWorld({ region: 'ap-northeast-2', accountId: '123456789012', clock })
  const ask = async () => route53['GetHostedZoneCount']?.(world, {}, { accessKeyId: '', requestId: '' })
  for (let count = 0; count < 5; count += 1) expect(await ask()).toEqual({ HostedZoneCount: 0 })
  await expect(ask()).rejects.toMatchObject({ code: 'Throttling', message: 'Rate exceeded', status: 400 })
  await expect.poll(() => ask().catch((error: AwsError) => error.code)).toEqual({ HostedZoneCount: 0 })
  clock.stop()
})
