import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useAwsPlugin } from './aws-plugin.ts'
import { initFailure } from './provider-client.ts'

const records = 'aws:route53/record:Record'
const plugin = useAwsPlugin()
const { provider } = plugin

let route53: Route53Client
let zoneId: string
let alias: { zoneId: string; name: string; evaluateTargetHealth: boolean }

beforeAll(async () => {
  const { region, accessKey, secretKey } = plugin.cloud.providerOptions
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  route53 = new Route53Client({ region, credentials, endpoint: plugin.cloud.wire.url })
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: 'shop.example', CallerReference: '1' }))
  zoneId = (HostedZone?.Id ?? '').replace('/hostedzone/', '')
  const { LoadBalancers = [] } = await plugin.cloud.elbv2.send(new DescribeLoadBalancersCommand({}))
  const [balancer] = LoadBalancers
  alias = {
    zoneId: balancer?.CanonicalHostedZoneId ?? '',
    name: balancer?.DNSName ?? '',
    evaluateTargetHealth: false,
  }
})
afterAll(() => route53.destroy())

const byHand = (Action: 'CREATE' | 'DELETE' | 'UPSERT', set: ResourceRecordSet) =>
  route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
    }),
  )

async function inAws(name: string): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }))
  return ResourceRecordSets.filter(({ Name }) => Name === `${name}.shop.example.`)
}

/** What was sent to Route 53 to change something: how many batches. */
const batches = () => plugin.cloud.wire.calls.count({ service: 'route53', operation: 'ChangeResourceRecordSets' })

test('is made with the name in the zone, served when it is there, changed in place and deleted', async () => {
  const client = await provider(records)
  const made = await client.make({ zoneId, name: 'www', type: 'A', ttl: 60, records: ['192.0.2.1'] })
  expect(made.id).toBe(`${zoneId}_www_A`)
  expect(made.state).toMatchObject({ name: 'www', fqdn: 'www.shop.example', ttl: 60, records: ['192.0.2.1'] })
  expect(made.state).not.toHaveProperty('region')
  expect(plugin.cloud.wire.calls.count({ operation: 'GetChange' })).toBeGreaterThan(0)

  const { inputs } = await client.check({ ...made.inputs, records: ['192.0.2.2'], ttl: 30 }, made.inputs)
  expect((await client.diff(made.id, made.state, inputs)).replaces).toEqual([])
  const state = await client.update(made.id, made.state, inputs)
  expect(await inAws('www')).toMatchObject([{ TTL: 30, ResourceRecords: [{ Value: '192.0.2.2' }] }])
  expect(await client.diff(made.id, state, inputs)).toMatchObject({ changes: false })
  await client.delete(made.id, state)
  expect(await inAws('www')).toEqual([])
  await client.delete(made.id, state)
})

test('a simple record becomes a weighted one in one batch, and its sibling follows', async () => {
  const client = await provider(records)
  const simple = { zoneId, name: 'api.shop.example', type: 'A', aliases: [alias] }
  const made = await client.make(simple)
  const weighted = (setIdentifier: string, weight: number) => ({
    ...simple,
    setIdentifier,
    weightedRoutingPolicies: [{ weight }],
  })
  const { inputs } = await client.check(weighted('blue', 100), made.inputs)
  expect(await client.diff(made.id, made.state, inputs)).toMatchObject({
    detailed: { setIdentifier: 'add', weightedRoutingPolicies: 'add' },
    replaces: [],
  })
  const before = batches()
  const blue = await client.update(made.id, made.state, inputs)
  expect(batches()).toBe(before + 1)
  expect(await inAws('api')).toMatchObject([{ SetIdentifier: 'blue', Weight: 100 }])
  // An engine keeps the id over an update, and takes the new one from the next refresh.
  expect((await client.read(made.id, blue, inputs)).id).toBe(`${zoneId}_api.shop.example_A_blue`)

  const green = await (await provider(records)).make(weighted('green', 0))
  expect(green.id).toBe(`${zoneId}_api.shop.example_A_green`)
  expect(green.state).toMatchObject({ weightedRoutingPolicies: [{ weight: 0 }] })
  // A weight is all that a shift changes.
  const shifted = await client.check(weighted('blue', 90), inputs)
  expect((await client.diff(made.id, blue, shifted.inputs)).detailed).toEqual({
    'weightedRoutingPolicies[0].weight': 'update',
  })
  const after = await client.update(made.id, blue, shifted.inputs)
  expect(await inAws('api')).toMatchObject([{ Weight: 90 }, { Weight: 0 }])
  await client.delete(made.id, after)
  await client.delete(green.id, green.state)
})

test('an alias is the same however its name is written', async () => {
  const client = await provider(records)
  const name = `dualstack.${alias.name.toUpperCase()}.`
  const program = { zoneId, name: 'Alias.shop.example.', type: 'A', aliases: [{ ...alias, name }] }
  const made = await client.make(program)
  expect(made.state).toMatchObject({
    name: 'alias.shop.example',
    aliases: [{ name: `dualstack.${alias.name}`.toLowerCase() }],
  })
  expect(await client.diff(made.id, made.state, made.inputs)).toMatchObject({ changes: false })
  await client.delete(made.id, made.state)
})

test('is imported by zone, name, type and identifier', async () => {
  const set: ResourceRecordSet = {
    Name: 'with_underscore.shop.example',
    Type: 'A',
    SetIdentifier: 'blue_1',
    Weight: 7,
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  }
  await byHand('CREATE', set)
  const client = await provider(records)
  const id = `${zoneId}_with_underscore.shop.example_A_blue_1`
  const found = await client.read(id)
  const { inputs } = found
  expect(inputs).toEqual({
    __defaults: [],
    zoneId,
    name: 'with_underscore.shop.example',
    type: 'A',
    setIdentifier: 'blue_1',
    ttl: 60,
    records: ['192.0.2.1'],
    weightedRoutingPolicies: [{ __defaults: [], weight: 7 }],
  })
  const checked = await client.check(inputs, found.inputs)
  expect(checked.failures).toEqual([])
  expect(await client.diff(id, found.state, checked.inputs)).toMatchObject({ changes: false })
  expect(await client.read(`${zoneId}_nowhere.shop.example_A`)).toMatchObject({ id: '' })
  expect(await client.read('Z0_www.shop.example_A')).toMatchObject({ id: '' })
  await expect(client.read('nothing')).rejects.toThrow(
    'unexpected format of ID ("nothing"), expected ZONEID_RECORDNAME',
  )
  await byHand('DELETE', set)
})

test('overwrites only when it is allowed to', async () => {
  const set: ResourceRecordSet = {
    Name: 'old.shop.example',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  }
  await byHand('CREATE', set)
  const client = await provider(records)
  const program = { zoneId, name: 'old.shop.example', type: 'A', ttl: 60, records: ['192.0.2.2'] }
  await expect(client.make(program)).rejects.toThrow(
    "creating Route53 Record: InvalidChangeBatch: Tried to create resource record set [name='old.shop.example.', type='A'] but it already exists",
  )
  const made = await client.make({ ...program, allowOverwrite: true })
  expect(await inAws('old')).toMatchObject([{ ResourceRecords: [{ Value: '192.0.2.2' }] }])
  await client.delete(made.id, made.state)
})

test('texts have no quotation marks', async () => {
  const client = await provider(records)
  const made = await client.make({ zoneId, name: 'text', type: 'TXT', ttl: 60, records: ['v=spf1 -all'] })
  expect(await inAws('text')).toMatchObject([{ ResourceRecords: [{ Value: '"v=spf1 -all"' }] }])
  expect(made.state).toMatchObject({ records: ['v=spf1 -all'] })
  await client.delete(made.id, made.state)
})

test('another zone or name is another record', async () => {
  const client = await provider(records)
  const program = { zoneId, name: 'www', type: 'A', ttl: 60, records: ['192.0.2.1'] }
  const { inputs } = await client.check({ ...program, name: 'web' })
  const state = { ...program, fqdn: 'www.shop.example' }
  expect(await client.diff('id', state, inputs)).toMatchObject({ replaces: ['name'] })
})

test('a policy needs an identifier, a TTL records', async () => {
  const client = await provider(records)
  const { failures } = await client.check({
    zoneId,
    name: 'www',
    type: 'A',
    ttl: 60,
    aliases: [alias],
    weightedRoutingPolicies: [{ weight: 1 }],
  })
  expect(failures).toEqual([
    'ttl: Conflicting configuration arguments. "ttl": conflicts with aliases',
    'ttl: Missing required argument. "ttl": all of `records,ttl` must be specified',
    'weightedRoutingPolicies: Missing required argument. "weighted_routing_policies": all of `set_identifier,weighted_routing_policies` must be specified',
  ])
})

test('exists, incomplete, when it is not served in time', async () => {
  plugin.cloud.faults.add({ match: { operation: 'GetChange' }, effect: { delayMs: 60_000 }, times: 1 })
  const client = await provider(records)
  const { inputs } = await client.check({ zoneId, name: 'late', type: 'A', ttl: 60, records: ['192.0.2.1'] })
  const failure = await client.create(inputs, { timeoutSeconds: 1 }).catch((error: unknown) => error)
  expect(initFailure(failure)).toMatchObject({ id: `${zoneId}_late_A`, state: { name: 'late' } })
  expect(await inAws('late')).toHaveLength(1)
  plugin.cloud.faults.clear()
  await client.delete(`${zoneId}_late_A`, inputs)
})
