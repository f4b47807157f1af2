import { DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collectWrites, noteCall, type AwsWrite } from '../../../automation/aws-writes.ts'
import type { AwsCall } from '../../../infra/aws/calls.ts'
import { createAws, type Aws } from '../../../infra/aws/clients.ts'
import { Clock } from '../../../sandbox/clock.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { Faults } from '../../../sandbox/faults.ts'
import { startWire, type Wire } from '../../../sandbox/wire/wire.ts'

const faults = new Faults()
const calls: AwsCall[] = []
let wire: Wire
let aws: Aws

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  const world = createWorld({ region: 'eu-central-1', accountId: '123456789012', clock: new Clock(1) })
  wire = await startWire({ world, services, faults })
  const onCall = (call: AwsCall): void => {
    calls.push(call)
    noteCall(call)
  }
  aws = createAws({ region: 'eu-central-1', endpoint: wire.url, maxAttempts: 3, onCall })
})
afterAll(async () => {
  aws.close()
  await wire.close()
})
beforeEach(() => {
  calls.length = 0
  faults.clear()
})

const arn = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/1/2/3'
const read = () => aws.elbv2.send(new DescribeRulesCommand({}))
const write = () => aws.elbv2.send(new ModifyRuleCommand({ RuleArn: arn, Actions: [] }))
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)

describe('what AWS is asked', () => {
  it('is told with its request id, of clients that are loaded later too', async () => {
    await read().catch(() => undefined)
    await (await aws.route53()).send(new (await import('@aws-sdk/client-route-53')).ListHostedZonesCommand({}))
    expect(calls[0]).toMatchObject({ service: 'ElasticLoadBalancingV2', operation: 'DescribeRules', requestId: uuid })
    expect(calls[1]).toMatchObject({ service: 'Route53', operation: 'ListHostedZones', outcome: 'ok', error: null })
    expect(calls[0]?.seconds).toBeGreaterThan(0)
  })

  it('is told attempt by attempt', async () => {
    faults.add({ match: { service: 'elbv2', operation: 'ModifyRule' }, effect: { throttle: true }, times: 2 })
    await expect(write()).rejects.toMatchObject({ name: 'RuleNotFoundException' })
    expect(calls.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['throttled', expect.stringMatching(/^Throttling/)],
      ['throttled', expect.stringMatching(/^Throttling/)],
      ['error', 'RuleNotFoundException'],
    ])
  })

  it('is kept for whom it was done, if it writes', async () => {
    const [one, two]: AwsWrite[][] = [[], []]
    await Promise.all([
      collectWrites(one ?? [], () => read().then(write, write)).catch(() => undefined),
      collectWrites(two ?? [], read).catch(() => undefined),
    ])
    await write().catch(() => undefined)
    expect(one).toEqual([
      { call: 'ElasticLoadBalancingV2.ModifyRule', requestId: uuid, error: 'RuleNotFoundException' },
    ])
    expect(two).toEqual([])
  })
})
