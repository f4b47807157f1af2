import { EC2Client, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { accessKeyId, accountId, authorization, postForm, region, startTestWire, type TestWire } from './fixture.ts'

const sts = { Version: '2011-06-15' }
const iam = { Version: '2010-05-08' }
const ec2 = { Version: '2016-11-15' }

const codeOf = (body: string): string | undefined => /<Code>(.*)<\/Code>/.exec(body)?.[1]
const messageOf = (body: string): string | undefined => /<Message>(.*)<\/Message>/.exec(body)?.[1]

let it: TestWire
beforeEach(async () => {
  it = await startTestWire()
})
afterEach(() => it.close())

const call = (service: string, form: string | Record<string, string>) =>
  postForm(it.wire.url, form, authorization(service))

describe('an answer', () => {
  test('has its request id in the header and in the body', async () => {
    const { status, headers, body } = await call('sts', { Action: 'GetCallerIdentity', ...sts })
    expect(status).toBe(200)
    const requestId = headers.get('x-amzn-requestid')
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect(body).toBe(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        `<UserId>AIDASANDBOXOPERATOR2A</UserId><Account>${accountId}</Account>` +
        `<Arn>arn:aws:iam::${accountId}:user/operator</Arn></GetCallerIdentityResult>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    )
  })

  test('of EC2 has no result element, and keeps empty lists', async () => {
    const { headers, body } = await call('ec2', { Action: 'DescribeVpcs', ...ec2 })
    expect(body).toBe(
      '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
        `<requestId>${headers.get('x-amzn-requestid')}</requestId><vpcSet/></DescribeVpcsResponse>`,
    )
  })

  test('comes over a connection that is kept', async () => {
    const { headers } = await call('sts', { Action: 'GetCallerIdentity', ...sts })
    expect(headers.get('connection')).toBe('keep-alive')
  })

  test('is given to a presigned GET', async () => {
    const query = new URLSearchParams({
      Action: 'GetCallerIdentity',
      ...sts,
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `AKIDPRESIGNED/20221201/${region}/sts/aws4_request`,
      'X-Amz-Date': '20221201T000000Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': '00ff',
    })
    const response = await fetch(`${it.wire.url}/?${query.toString()}`, { headers: { 'x-k8s-aws-id': 'green' } })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`<Account>${accountId}</Account>`)
    expect(it.wire.calls.recent()).toMatchObject([{ operation: 'GetCallerIdentity', accessKeyId: 'AKIDPRESIGNED' }])
  })
})

describe('a request without a service', () => {
  const credential = `AKID/20221201/${region}/sts/aws4_request`
  const complete = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=00`
  const dated = { 'x-amz-date': '20221201T000000Z' }

  test.each([
    ['unsigned', {}, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
    ['of another scheme', { authorization: 'Basic Zm9v', ...dated }, 'IncompleteSignature', "'algorithm': 'Basic'"],
    ['without parameters', { authorization: 'AWS4-HMAC-SHA256', ...dated }, 'IncompleteSignature', "'Credential'"],
    ['without a date', { authorization: complete }, 'IncompleteSignature', "'X-Amz-Date'"],
    [
      'with half a scope',
      { authorization: complete.replace('/sts/aws4_request', ''), ...dated },
      'IncompleteSignature',
      'exactly 5 slash-delimited elements',
    ],
  ])('%s', async (_what, headers: Record<string, string>, code, message) => {
    const { status, body } = await postForm(it.wire.url, { Action: 'GetCallerIdentity', ...sts }, headers)
    expect(status).toBe(403)
    expect(codeOf(body)).toBe(code)
    expect(messageOf(body)).toContain(message)
  })

  test('presigned, but not completely', async () => {
    const query = new URLSearchParams({ 'X-Amz-Credential': credential, Action: 'GetCallerIdentity', ...sts })
    const response = await fetch(`${it.wire.url}/?${query.toString()}`)
    expect(response.status).toBe(403)
    expect(codeOf(await response.text())).toBe('IncompleteSignature')
  })

  test('for a service that is not served, in the form that its client reads', async () => {
    const headers = authorization('ecr')
    const json = await fetch(`${it.wire.url}/images`, { headers })
    expect(json.status).toBe(501)
    expect(json.headers.get('x-amzn-errortype')).toBe('UnknownService')
    expect(await json.json()).toEqual({ __type: 'UnknownService', message: 'The sandbox does not serve ecr.' })

    const xml = await fetch(`${it.wire.url}/2020-05-31/distribution`, { headers: authorization('cloudfront') })
    expect(xml.status).toBe(501)
    expect(codeOf(await xml.text())).toBe('UnknownService')
  })

  test('whose body is too large', async () => {
    const { status, body } = await call('sts', `Action=GetCallerIdentity&Padding=${'x'.repeat(1024 * 1024)}`)
    expect(status).toBe(413)
    expect(codeOf(body)).toBe('RequestEntityTooLarge')
  })
})

describe('a request that the service refuses', () => {
  test.each([
    ['sts', { ...sts }, 'MissingAction', ''],
    [
      'sts',
      { Action: 'Nonsense', ...sts },
      'InvalidAction',
      'Could not find operation Nonsense for version 2011-06-15',
    ],
    [
      'sts',
      { Action: 'toString', ...sts },
      'InvalidAction',
      'Could not find operation toString for version 2011-06-15',
    ],
    ['sts', { Action: 'GetCallerIdentity', Version: '1999-01-01' }, 'InvalidAction', 'for version 1999-01-01'],
    ['sts', { Action: 'GetCallerIdentity' }, 'InvalidAction', 'for version NO_VERSION_SPECIFIED'],
    ['sts', { Action: 'GetSessionToken', ...sts }, 'UnsupportedOperation', 'does not serve GetSessionToken of sts'],
    ['ec2', { ...ec2 }, 'MissingParameter', 'The request must contain the parameter Action'],
    ['ec2', { Action: 'DescribeVpcs' }, 'MissingParameter', 'The request must contain the parameter Version'],
    ['ec2', { Action: 'Nonsense', ...ec2 }, 'InvalidAction', 'The action Nonsense is not valid for this web service.'],
    ['ec2', { Action: 'DescribeVpcs', Version: '1999-01-01' }, 'NoSuchVersion', 'of service AmazonEC2 does not exist'],
    ['ec2', { Action: 'StopInstances', ...ec2 }, 'UnsupportedOperation', 'does not serve StopInstances of ec2'],
    ['ec2', { Action: 'DescribeVpcs', ...ec2, Colour: 'green' }, 'UnknownParameter', 'Colour is not recognized'],
    [
      'ec2',
      { Action: 'DescribeVpcs', ...ec2, MaxResults: 'ten' },
      'InvalidParameterValue',
      '(ten) for parameter MaxResults',
    ],
    [
      'ec2',
      { Action: 'DescribeVpcs', ...ec2, DryRun: 'maybe' },
      'InvalidParameterValue',
      '(maybe) for parameter DryRun',
    ],
    [
      'ec2',
      { Action: 'DescribeVpcs', ...ec2, 'VpcId.first': 'vpc-1' },
      'InvalidParameterValue',
      'a position in a list',
    ],
    ['ec2', { Action: 'CreateSecurityGroup', ...ec2 }, 'MissingParameter', 'the parameter GroupDescription'],
    ['iam', { Action: 'GetRole', ...iam }, 'ValidationError', "1 validation error detected: Value null at 'roleName'"],
    [
      'iam',
      { Action: 'CreateRole', ...iam },
      'ValidationError',
      "2 validation errors detected: Value null at 'roleName'",
    ],
    ['iam', { Action: 'GetRole', ...iam, 'RoleName.x': 'a' }, 'MalformedInput', "at 'roleName' is not a single value"],
    [
      'iam',
      { Action: 'ListRoles', ...iam, MaxItems: '1e' },
      'MalformedInput',
      "Value '1e' at 'maxItems' is not a number",
    ],
    [
      'iam',
      { Action: 'TagRole', ...iam, RoleName: 'a', 'Tags.member.2.Value': 'b' },
      'ValidationError',
      "Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
    ],
  ])('%s %o', async (service, form: Record<string, string>, code, message) => {
    const { status, headers, body } = await call(service, form)
    expect(status).toBe(400)
    expect(codeOf(body)).toBe(code)
    expect(messageOf(body)?.replaceAll('&apos;', "'")).toContain(message)
    expect(body).toMatch(new RegExp(`<RequestI[dD]>${headers.get('x-amzn-requestid')}</RequestI[dD]>`))
    expect(it.bugs).toEqual([])
  })

  test('because its credential is for another region, save where a service has none', async () => {
    const elsewhere = { ...it.client, region: 'eu-west-1' }
    await expect(new EC2Client(elsewhere).send(new DescribeVpcsCommand())).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    })
    expect(await new STSClient(elsewhere).send(new GetCallerIdentityCommand())).toMatchObject({ Account: accountId })
  })
})

test('lists are read in the order of their numbers, with gaps, and may be empty', async () => {
  const asked: unknown[] = []
  const operations: Operations = {
    UntagRole: (_world, input) => {
      asked.push(input)
      return {}
    },
  }
  const own = await startTestWire({ iam: { ...services.iam, operations } })
  const send = (form: Record<string, string>) =>
    postForm(own.wire.url, { Action: 'UntagRole', ...iam, RoleName: 'a', ...form }, authorization('iam'))
  const numbered = await send({
    'TagKeys.member.10': 'third',
    'TagKeys.member.2': 'second',
    'TagKeys.member.1': 'first',
  })
  const empty = await send({ TagKeys: '' })
  const stray = await send({ TagKeys: 'first' })
  await own.close()
  expect([numbered.status, empty.status]).toEqual([200, 200])
  expect(asked).toEqual([
    { RoleName: 'a', TagKeys: ['first', 'second', 'third'] },
    { RoleName: 'a', TagKeys: [] },
  ])
  expect(codeOf(stray.body)).toBe('MalformedInput')
})

test('a mistake of ours is answered as an internal failure and does not leak', async () => {
  const mistake = new TypeError('the secret is hunter2')
  const operations: Operations = {
    GetCallerIdentity: () => {
      throw mistake
    },
    DescribeVpcs: () => ({ Vpcs: [{ VpcId: Symbol('not text') }] }),
  }
  const own = await startTestWire({
    sts: { ...services.sts, operations },
    ec2: { ...services.ec2, operations },
  })
  const thrown = await postForm(own.wire.url, { Action: 'GetCallerIdentity', ...sts }, authorization('sts'))
  const unwritable = await postForm(own.wire.url, { Action: 'DescribeVpcs', ...ec2 }, authorization('ec2'))
  await own.close()
  expect(thrown.status).toBe(500)
  expect(codeOf(thrown.body)).toBe('InternalFailure')
  expect(thrown.body).not.toContain('secret')
  expect(unwritable.status).toBe(500)
  expect(codeOf(unwritable.body)).toBe('InternalError')
  expect(own.bugs).toEqual([mistake, expect.any(TypeError)])
})

describe('the log of calls', () => {
  test('tells them apart and counts them', async () => {
    const client = new IAMClient(it.client)
    for (const RoleName of ['one', 'two']) await client.send(new GetRoleCommand({ RoleName })).catch(() => undefined)
    await new STSClient(it.client).send(new GetCallerIdentityCommand())
    await call('iam', { ...iam })

    const { calls } = it.wire
    expect(calls.recent()).toMatchObject([
      { service: 'iam', operation: 'GetRole', accessKeyId, status: 404, input: { RoleName: 'one' } },
      { service: 'iam', operation: 'GetRole', accessKeyId, status: 404, errorCode: 'NoSuchEntity' },
      { service: 'sts', operation: 'GetCallerIdentity', accessKeyId, status: 200 },
      { service: 'iam', operation: '', accessKeyId, status: 400, errorCode: 'MissingAction' },
    ])
    expect(calls.recent()[2]).not.toHaveProperty('errorCode')
    expect(calls.recent()[3]).not.toHaveProperty('input')
    expect(calls.recent()[2]?.ms).toBeGreaterThanOrEqual(0)
    expect(calls.count()).toBe(4)
    expect(calls.count({ service: 'iam', errorCode: 'NoSuchEntity' })).toBe(2)
    expect(calls.count({ operation: 'GetCallerIdentity', status: 200 })).toBe(1)
    expect(calls.recent().map(({ client }) => client)).toEqual(['aws-sdk-js', 'aws-sdk-js', 'aws-sdk-js', undefined])
    expect(calls.byOperation({ client: 'aws-sdk-js' })).toEqual(
      new Map([
        ['GetRole', 2],
        ['GetCallerIdentity', 1],
      ]),
    )
    const go = 'APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) aws-sdk-go-v2/1.41.0 os/linux'
    await fetch(it.wire.url, { method: 'POST', headers: { 'user-agent': go } })
    expect(calls.recent().at(-1)).toMatchObject({ client: 'aws-sdk-go-v2' })
    expect(calls.count({ accessKeyId: 'somebody else' })).toBe(0)

    calls.clear()
    expect(calls.recent()).toEqual([])
    expect(calls.count()).toBe(0)
  })
})

test('close ends kept connections and calls that wait', async () => {
  const own = await startTestWire()
  own.faults.add({ match: { operation: 'GetCallerIdentity' }, effect: { delayMs: 600_000 } })
  const waiting = postForm(own.wire.url, { Action: 'GetCallerIdentity', ...sts }, authorization('sts'))
  waiting.catch(() => undefined)
  await expect.poll(() => own.faults.list()[0]?.applied, { timeout: 10_000 }).toBe(1)
  await own.close()
  await expect(waiting).rejects.toThrow('fetch failed')
  await expect(fetch(own.wire.url)).rejects.toThrow('fetch failed')
})
