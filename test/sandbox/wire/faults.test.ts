import { CreateSecurityGroupCommand, CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Faults, faultSchema } from '../../../sandbox/faults.ts'
import { accessKeyId, startTestWire, type TestWire } from './fixture.ts'

describe('a rule', () => {
  test('acts on what it matches, as often as it says', () => {
    const faults = new Faults()
    const rule = faults.add({ match: { service: 'ec2', operation: 'DescribeVpcs' }, effect: { drop: true }, times: 2 })
    expect(faults.take('ec2', 'CreateVpc', 'AKID').effect).toBeUndefined()
    expect(faults.take('iam', 'DescribeVpcs', 'AKID').effect).toBeUndefined()
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID').effect).toEqual({ drop: true })
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID').effect).toEqual({ drop: true })
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID').effect).toBeUndefined()
    expect(faults.list()).toEqual([{ ...rule, applied: 2 }])
  })

  test('may be for one access key alone', () => {
    const faults = new Faults()
    faults.add({ match: { accessKeyId: 'AKID' }, effect: { throttle: true } })
    expect(faults.take('ec2', 'DescribeVpcs', 'OTHER').effect).toBeUndefined()
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID').effect).toEqual({ throttle: true })
  })

  test('delays add up, the first of the other effects wins, and the second is not spent', () => {
    const faults = new Faults()
    faults.add({ match: {}, effect: { delayMs: 20 } })
    faults.add({ match: {}, effect: { error: 503 }, times: 1 })
    faults.add({ match: {}, effect: { throttle: true }, times: 1 })
    faults.add({ match: {}, effect: { delayMs: 30 } })
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID')).toEqual({ delayMs: 50, effect: { error: 503 } })
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID')).toEqual({ delayMs: 50, effect: { throttle: true } })
    expect(faults.take('ec2', 'DescribeVpcs', 'AKID')).toEqual({ delayMs: 50, effect: undefined })
  })

  test('is cleared alone or with all others', () => {
    const faults = new Faults()
    const [first, second] = [1, 2].map((delayMs) => faults.add({ match: {}, effect: { delayMs } }))
    faults.add({ match: {}, effect: { delayMs: 4 } })
    expect(faults.clear(first?.id)).toBe(true)
    expect(faults.clear(first?.id)).toBe(false)
    expect(faults.list()[0]).toEqual(second)
    expect(faults.clear()).toBe(true)
    expect(faults.list()).toEqual([])
  })
})

test.each<[boolean, unknown]>([
  [true, { match: {}, effect: { throttle: true } }],
  [true, { match: { service: 'elbv2', operation: 'ModifyRule' }, effect: { error: 503 }, times: 3 }],
  [true, { match: { accessKeyId: 'AKID' }, effect: { failAfterEffect: 'drop' } }],
  [true, { match: {}, effect: { delayMs: 50 } }],
  [true, { match: {}, effect: { denied: true } }],
  [false, { effect: { throttle: true } }],
  [false, { match: { service: 'elasticloadbalancing' }, effect: { throttle: true } }],
  [false, { match: { colour: 'green' }, effect: { throttle: true } }],
  [false, { match: {}, effect: { error: 404 } }],
  [false, { match: {}, effect: { delayMs: -1 } }],
  [false, { match: {}, effect: { throttle: true, drop: true } }],
  [false, { match: {}, effect: { throttle: true }, times: 0 }],
  [false, { match: {}, effect: { throttle: true }, id: 'mine' }],
])('the schema accepts: %s %j', (valid, body) => {
  expect(Value.Check(faultSchema, body)).toBe(valid)
})

describe('on the wire', () => {
  let it: TestWire
  let ec2: EC2Client
  beforeEach(async () => {
    it = await startTestWire()
    ec2 = new EC2Client(it.client)
  })
  afterEach(async () => {
    ec2.destroy()
    await it.close()
  })

  const createVpc = () => ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))

  test('throttled, as each service says it', async () => {
    it.faults.add({ match: {}, effect: { throttle: true } })
    await expect(createVpc()).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      message: 'Request limit exceeded.',
      $metadata: { httpStatusCode: 503 },
    })
    await expect(new IAMClient(it.client).send(new ListRolesCommand())).rejects.toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    })
    expect(it.world.ec2.vpcs.size).toBe(0)
    expect(it.wire.calls.count({ operation: 'CreateVpc', errorCode: 'RequestLimitExceeded' })).toBe(1)
  })

  test('an SDK client rides out a throttled call by itself', async () => {
    it.faults.add({ match: { operation: 'DescribeVpcs' }, effect: { throttle: true }, times: 1 })
    const patient = new EC2Client({ ...it.client, maxAttempts: 3 })
    expect(await patient.send(new DescribeVpcsCommand())).toMatchObject({ Vpcs: [] })
    expect(it.wire.calls.recent().map(({ status }) => status)).toEqual([503, 200])
  })

  test.each([
    [500, 'InternalError', 'InternalFailure'],
    [503, 'Unavailable', 'ServiceUnavailable'],
  ] as const)('an error %i before any effect', async (error, ofEc2, ofOthers) => {
    it.faults.add({ match: {}, effect: { error } })
    await expect(createVpc()).rejects.toMatchObject({ name: ofEc2, $metadata: { httpStatusCode: error } })
    await expect(new STSClient(it.client).send(new GetCallerIdentityCommand())).rejects.toMatchObject({
      name: ofOthers,
      $metadata: { httpStatusCode: error },
    })
    expect(it.world.ec2.vpcs.size).toBe(0)
  })

  test('denied, in the words of IAM and before any effect', async () => {
    it.faults.add({ match: {}, effect: { denied: true } })
    const user = `User: arn:aws:iam::${it.world.accountId}:user/operator is not authorized to perform:`
    await expect(createVpc()).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: `You are not authorized to perform this operation. ${user} ec2:CreateVpc on resource: * because no identity-based policy allows the ec2:CreateVpc action`,
      $metadata: { httpStatusCode: 403 },
    })
    await expect(new IAMClient(it.client).send(new ListRolesCommand())).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `${user} iam:ListRoles on resource: * because no identity-based policy allows the iam:ListRoles action`,
    })
    expect(it.world.ec2.vpcs.size).toBe(0)
  })

  test('dropped before any effect', async () => {
    it.faults.add({ match: { accessKeyId }, effect: { drop: true }, times: 1 })
    await expect(createVpc()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(it.world.ec2.vpcs.size).toBe(0)
    expect(it.wire.calls.recent()).toMatchObject([{ operation: 'CreateVpc', status: 0 }])
    await createVpc()
    expect(it.world.ec2.vpcs.size).toBe(1)
  })

  test('failed after the effect, with an answer and without', async () => {
    it.faults.add({ match: {}, effect: { failAfterEffect: 'error' }, times: 1 })
    await expect(createVpc()).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } })
    expect(it.world.ec2.vpcs.size).toBe(1)

    it.faults.add({ match: {}, effect: { failAfterEffect: 'drop' }, times: 1 })
    await expect(createVpc()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(it.world.ec2.vpcs.size).toBe(2)
  })

  test('a call that is refused has no effect to fail after', async () => {
    it.faults.add({ match: {}, effect: { failAfterEffect: 'error' } })
    const refused = ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: 'vpc-1' }))
    await expect(refused).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' })
  })

  test('a delayed call takes effect after the delay, even when its caller has gone', async () => {
    it.faults.add({ match: { operation: 'CreateVpc' }, effect: { delayMs: 1000 } })
    const leaving = new AbortController()
    const call = ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }), { abortSignal: leaving.signal })
    const left = expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => it.faults.list()[0]?.applied, { timeout: 10_000 }).toBe(1)
    expect(it.world.ec2.vpcs.size).toBe(0)
    leaving.abort()
    await left
    await expect.poll(() => it.world.ec2.vpcs.size, { timeout: 10_000 }).toBe(1)
    expect(it.wire.calls.recent()[0]?.ms).toBeGreaterThanOrEqual(990)
  })
})
