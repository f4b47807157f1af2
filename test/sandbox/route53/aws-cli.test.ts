import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addLoadBalancer, addVpc } from '../elbv2/fixture.ts'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'
import { simple, weighted } from './fixture.ts'

/** The AWS CLI as the second opinion on what goes over the wire: it parses and validates on its own. */
describe.skipIf(!hasAwsCli)('the AWS CLI', { timeout: 60_000 }, () => {
  let setting: TestWire
  let zone: string

  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await awsCli(setting.wire, 'route53', ...words)
    expect(error).toBe('')
    return output
  }
  const batch = (...changes: [action: string, set: object][]) => [
    'change-resource-record-sets',
    '--hosted-zone-id',
    zone,
    '--change-batch',
    JSON.stringify({ Changes: changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })) }),
  ]
  const refused = async (...words: string[]) => (await awsCli(setting.wire, 'route53', ...words)).error.trim()
  const list = async () =>
    (await aws('list-resource-record-sets', '--hosted-zone-id', zone)).ResourceRecordSets.filter(
      ({ Name }: any) => Name !== 'shop.example.',
    )

  beforeAll(async () => {
    setting = await startTestWire()
  })

  afterAll(() => setting.close())

  test('makes a zone and finds it by its name', async () => {
    const { HostedZone } = await aws('create-hosted-zone', '--name', 'shop.example', '--caller-reference', 'first')
    zone = HostedZone.Id
    const { HostedZones } = await aws('list-hosted-zones-by-name', '--dns-name', 'shop.example', '--max-items', '1')
    expect(HostedZones).toEqual([
      {
        Id: zone,
        Name: 'shop.example.',
        CallerReference: 'first',
        Config: { PrivateZone: false },
        ResourceRecordSetCount: 2,
      },
    ])
    expect((await aws('list-hosted-zones')).HostedZones).toEqual(HostedZones)
    expect((await aws('get-hosted-zone', '--id', zone)).DelegationSet.NameServers).toHaveLength(4)
  })

  test('turns a simple record into weighted ones, and waits until they are served', async () => {
    const www = 'www.shop.example'
    await aws(...batch(['CREATE', simple(www, '192.0.2.1')]))
    const { ChangeInfo } = await aws(
      ...batch(
        ['DELETE', simple(www, '192.0.2.1')],
        ['CREATE', weighted(www, 'blue', 100, '192.0.2.1')],
        ['CREATE', weighted(www, 'green', 0, '192.0.2.2')],
      ),
    )
    expect(ChangeInfo.Status).toBe('PENDING')
    await expect
      .poll(async () => (await aws('get-change', '--id', ChangeInfo.Id)).ChangeInfo.Status, { timeout: 20_000 })
      .toBe('INSYNC')
    expect(await list()).toEqual([
      weighted(`${www}.`, 'blue', 100, '192.0.2.1'),
      weighted(`${www}.`, 'green', 0, '192.0.2.2'),
    ])
    const asked = ['--hosted-zone-id', zone, '--record-name', www, '--record-type', 'A']
    expect(await aws('test-dns-answer', ...asked)).toMatchObject({
      RecordData: ['192.0.2.1'],
      ResponseCode: 'NOERROR',
      Protocol: 'UDP',
    })
  })

  test('is refused in AWS’s words', async () => {
    expect(await refused(...batch(['CREATE', simple('www.shop.example', '192.0.2.1')]))).toBe(
      'An error occurred (InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: ' +
        '[RRSet with DNS name www.shop.example., type A cannot be created as other RRSets exist with the same name and type.]',
    )
    expect(await refused(...batch(['UPSERT', weighted('www.shop.example', 'blue', 256, '192.0.2.1')]))).toBe(
      'An error occurred (InvalidInput) when calling the ChangeResourceRecordSets operation: ' +
        "1 validation error detected: Value '256' at 'changeBatch.changes.1.member.resourceRecordSet.weight' " +
        'failed to satisfy constraint: Member must have value less than or equal to 255',
    )
    expect(await refused('get-hosted-zone', '--id', 'Z0')).toBe(
      'An error occurred (NoSuchHostedZone) when calling the GetHostedZone operation: No hosted zone found with ID: Z0',
    )
  })

  test('points an alias at a load balancer', async () => {
    const { world } = setting
    const arn = await addLoadBalancer(world, await addVpc(world, 0), 'shop')
    const { dnsName, hostedZoneId } = world.elbv2.loadBalancers.get(arn)!
    const AliasTarget = { HostedZoneId: hostedZoneId, DNSName: dnsName, EvaluateTargetHealth: true }
    await aws(...batch(['CREATE', { Name: 'api.shop.example', Type: 'A', AliasTarget }]))
    expect(await list()).toContainEqual({
      Name: 'api.shop.example.',
      Type: 'A',
      AliasTarget: { ...AliasTarget, DNSName: `${dnsName}.` },
    })
  })

  test('tags, pages and takes down', async () => {
    const resource = ['--resource-type', 'hostedzone', '--resource-id', zone.replace('/hostedzone/', '')]
    await aws('change-tags-for-resource', ...resource, '--add-tags', 'Key=team,Value=shop')
    expect((await aws('list-tags-for-resource', ...resource)).ResourceTagSet.Tags).toEqual([
      { Key: 'team', Value: 'shop' },
    ])
    const all = await list()
    const paged = await aws('list-resource-record-sets', '--hosted-zone-id', zone, '--page-size', '1')
    expect(paged.ResourceRecordSets).toHaveLength(all.length + 2)
    expect(await refused('delete-hosted-zone', '--id', zone)).toContain('(HostedZoneNotEmpty)')
    await aws(...batch(...all.map((set: object) => ['DELETE', set] as [string, object])))
    await aws('delete-hosted-zone', '--id', zone)
  })
})
