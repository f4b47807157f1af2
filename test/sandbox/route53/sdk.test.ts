import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestWire, type TestWire } from '../wire/fixture.ts'
import { simple } from './fixture.ts'

let it: TestWire
let route53: Route53Client
let HostedZoneId: string
beforeAll(async () => {
  it = await startTestWire()
  route53 = new Route53Client(it.client)
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: 'shop.example', CallerReference: '1' }))
  HostedZoneId = HostedZone?.Id ?? ''
})
afterAll(async () => {
  route53.destroy()
  await it.close()
})

const create = (name: string) =>
  new ChangeResourceRecordSetsCommand({
    HostedZoneId,
    ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: simple(name, '192.0.2.1') }] },
  })

test('the waiter of the SDK sees a change become INSYNC', async () => {
  const { ChangeInfo } = await route53.send(create('www.shop.example'))
  expect((await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status).toBe('PENDING')
  const waiting = { client: route53, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }
  const { state } = await waitUntilResourceRecordSetsChanged(waiting, { Id: ChangeInfo?.Id })
  expect(state).toBe('SUCCESS')
})

test('an error keeps its messages', async () => {
  const error = await route53.send(create('www.shop.example')).catch((failure: unknown) => failure)
  const message = "Tried to create resource record set [name='www.shop.example.', type='A'] but it already exists"
  expect(error).toMatchObject({ name: 'InvalidChangeBatch', $metadata: { httpStatusCode: 400 }, messages: [message] })
  expect((error as Error).message).toBe(`[${message}]`)
})

test('batches that come together are made one after the other by a client that tries again', async () => {
  const client = new Route53Client({ ...it.client, maxAttempts: 10 })
  await Promise.all(['a', 'b', 'c'].map((name) => client.send(create(`${name}.shop.example`))))
  client.destroy()
  const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))
  expect(ResourceRecordSets?.map(({ Name }) => Name)).toEqual(
    expect.arrayContaining(['a', 'b', 'c'].map((name) => `${name}.shop.example.`)),
  )
  expect(it.wire.calls.count({ errorCode: 'PriorRequestNotComplete' })).toBeGreaterThan(0)
})
