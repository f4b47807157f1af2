import { ChangeResourceRecordSetsCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53'
import { CreateClusterCommand, DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks'
import { GetRestApisCommand, APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import { matchUri, parseUri } from '../../../sandbox/wire/uri.ts'
import { authorization, awsCli, hasAwsCli, postForm, startTestWire, type TestWire } from './fixture.ts'
import { services } from '../../../sandbox/cloud/services.ts'

/** What the operations of every service answer, by name; what they were asked. */
let answers: Record<string, () => object>
let asked: unknown[]
let it: TestWire

beforeEach(async () => {
  answers = {}
  asked = []
  const operations: Operations = new Proxy(
    {},
    {
      get: (_target, name) => (_world: unknown, input: unknown) => {
        asked.push(input)
        return answers[String(name)]?.() ?? {}
      },
    },
  )
  it = await startTestWire(
    Object.fromEntries(Object.entries(services).map(([name, service]) => [name, { ...service, operations }])),
  )
})
afterEach(async () => {
  await it.close()
  expect(it.bugs).toEqual([])
})

async function ask(service: string, method: string, path: string, body?: string) {
  const response = await fetch(it.wire.url + path, {
    method,
    headers: authorization(service),
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, headers: response.headers, body: await response.text() }
}
const operationOf = async (service: string, method: string, path: string) => {
  it.wire.calls.clear()
  await ask(service, method, path)
  return it.wire.calls.recent()[0]?.operation
}

describe('a URI', () => {
  const labels = (uri: string, path: string) => {
    const [pathname = '', query] = path.split('?')
    const match = matchUri(parseUri(uri), pathname, new URLSearchParams(query))
    return match && Object.fromEntries(match)
  }

  test.each([
    ['/clusters/{name}', '/clusters/a%2Fb', { name: 'a/b' }],
    ['/clusters/{name}', '/clusters/a/b', undefined],
    ['/clusters/{name}', '/clusters/%E0%A4%A', undefined],
    ['/clusters/{name}/addons', '/clusters/a/addons', { name: 'a' }],
    ['/objects/{key+}', '/objects/a/b%20c', { key: 'a/b c' }],
    ['/objects/{key+}/acl', '/objects/a/b/acl', { key: 'a/b' }],
    ['/restapis?mode=import', '/restapis?mode=import&failonwarnings=true', {}],
    ['/restapis?mode=import', '/restapis', undefined],
    ['/2013-04-01/hostedzone', '/2013-04-01/hostedzone/', {}],
    ['/a.b', '/acb', undefined],
  ])('%s of %s', (uri, path, expected) => {
    expect(labels(uri, path)).toEqual(expected)
  })

  test.each([
    ['eks', 'GET', '/clusters/green', 'DescribeCluster'],
    ['eks', 'GET', '/addons/supported-versions', 'DescribeAddonVersions'],
    ['eks', 'GET', '/clusters/green/addons', 'ListAddons'],
    ['apigateway', 'POST', '/restapis?mode=import', 'ImportRestApi'],
    ['apigateway', 'POST', '/restapis', 'CreateRestApi'],
    ['apigateway', 'GET', '/v2/apis', 'GetApis'],
    ['route53', 'GET', '/2013-04-01/hostedzone/Z1', 'GetHostedZone'],
    ['route53', 'GET', '/2013-04-01/hostedzonecount', 'GetHostedZoneCount'],
    ['route53', 'POST', '/2013-04-01/hostedzone/Z1/rrset/', 'ChangeResourceRecordSets'],
    ['eks', 'PATCH', '/clusters', ''],
  ])('%s %s %s is %s', async (service, method, path, operation) => {
    expect(await operationOf(service, method, path)).toBe(operation)
  })
})

describe('JSON', () => {
  test('has members by their JSON names, and no members without a value', async () => {
    answers['GetApis'] = () => ({ Items: [{ ApiId: 'a1', CreatedDate: new Date(0), Description: undefined }] })
    const { status, headers, body } = await ask('apigateway', 'GET', '/v2/apis')
    expect(status).toBe(200)
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(body).toBe('{"items":[{"apiId":"a1","createdDate":"1970-01-01T00:00:00.000Z"}]}')

    answers['GetRestApis'] = () => ({ items: [{ id: 'r1', createdDate: new Date(1500) }] })
    expect((await ask('apigateway', 'GET', '/restapis')).body).toBe('{"item":[{"id":"r1","createdDate":1.5}]}')
  })

  test('of an answer without members is empty, and that of one without a body is none', async () => {
    expect(await ask('eks', 'DELETE', '/tags/arn%3Ax?tagKeys=a&tagKeys=b')).toMatchObject({ status: 200, body: '{}' })
    expect(asked).toEqual([{ resourceArn: 'arn:x', tagKeys: ['a', 'b'] }])
    expect(await ask('apigateway', 'DELETE', '/restapis/r1')).toMatchObject({ status: 202, body: '' })
    expect(await ask('apigateway', 'DELETE', '/v2/apis/a1')).toMatchObject({ status: 204, body: '' })
  })

  test.each([
    ['POST', '/clusters', '{', 400, 'SerializationException', 'not JSON'],
    ['POST', '/clusters', '[]', 400, 'SerializationException', 'not a structure'],
    ['POST', '/clusters', '{"name":7}', 400, 'SerializationException', "at 'name' is not a string"],
    ['POST', '/clusters', '{"name":"a","tags":["b"]}', 400, 'SerializationException', "at 'tags' is not a map"],
    [
      'POST',
      '/clusters',
      '{"name":"a","roleArn":null}',
      400,
      'ValidationException',
      "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'resourcesVpcConfig'",
    ],
    ['GET', '/clusters?maxResults=many', undefined, 400, 'SerializationException', "at 'maxResults' is not a number"],
    ['GET', '/nowhere', undefined, 404, 'UnknownOperationException', 'not supported'],
  ])('%s %s %s is refused', async (method, path, sent, status, code, message) => {
    const answer = await ask('eks', method, path, sent)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-amzn-errortype')).toBe(code)
    expect(JSON.parse(answer.body)).toEqual({ message: expect.stringContaining(message) })
  })

  test('of an error has the members of its shape', async () => {
    answers['DescribeCluster'] = () => {
      throw new AwsError('ResourceNotFoundException', 'No cluster found for name: a.', 400, { clusterName: 'a' })
    }
    const asking = new EKSClient(it.client).send(new DescribeClusterCommand({ name: 'a' }))
    await expect(asking).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No cluster found for name: a.',
      clusterName: 'a',
      $metadata: { httpStatusCode: 404 },
    })
  })

  test('says that it is throttled as each service does', async () => {
    it.faults.add({ match: {}, effect: { throttle: true } })
    await expect(new EKSClient(it.client).send(new DescribeClusterCommand({ name: 'a' }))).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
    })
    await expect(new APIGatewayClient(it.client).send(new GetRestApisCommand())).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    })
    await expect(new ApiGatewayV2Client(it.client).send(new GetApisCommand())).rejects.toMatchObject({
      name: 'TooManyRequestsException',
    })
    await expect(new Route53Client(it.client).send(new ListHostedZonesCommand())).rejects.toMatchObject({
      name: 'Throttling',
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('that a client sends arrives as it was meant', async () => {
    const input = {
      name: 'green',
      roleArn: 'arn:aws:iam::123456789012:role/eks',
      resourcesVpcConfig: { subnetIds: ['subnet-1'], endpointPrivateAccess: true },
      tags: { 'a/b': 'c' },
      clientRequestToken: 't',
    }
    await new EKSClient(it.client).send(new CreateClusterCommand(input))
    expect(asked).toEqual([input])
  })
})

describe('XML', () => {
  const zone = (content: string) =>
    ask('route53', 'POST', '/2013-04-01/hostedzone', `<CreateHostedZoneRequest>${content}</CreateHostedZoneRequest>`)

  test('has a root with the namespace of the service, and headers where they are bound', async () => {
    answers['CreateHostedZone'] = () => ({ Location: 'https://x/Z1', HostedZone: { Id: '/hostedzone/Z1', Name: 'a.' } })
    const { status, headers, body } = await zone('<Name>a</Name><CallerReference>1</CallerReference>')
    expect(status).toBe(201)
    expect(headers.get('location')).toBe('https://x/Z1')
    expect(body).toBe(
      '<?xml version="1.0"?>\n<CreateHostedZoneResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">' +
        '<HostedZone><Id>/hostedzone/Z1</Id><Name>a.</Name></HostedZone></CreateHostedZoneResponse>',
    )
  })

  test.each([
    ['<Name>a&amp;b&#65;&#x42;&lt;</Name><CallerReference><![CDATA[<1>]]></CallerReference>', 'a&bAB<', '<1>'],
    ['<!-- c --><x:Name y=\'1\' z = "2">a</x:Name><CallerReference/>', 'a', ''],
  ])('%s is understood', async (content, Name, CallerReference) => {
    await zone(content)
    expect(asked).toEqual([{ Name, CallerReference }])
  })

  test.each([
    ['<Name>a</Nam>', '</Nam> closes <Name>'],
    ['<Name>a&b;</Name>', '&amp;b; is no entity'],
    ['<Name>a & b</Name>', 'is no entity'],
    ['<Name', 'no markup that is known at character 25'],
    ['</CreateHostedZoneRequest><CreateHostedZoneRequest>', 'not one root element'],
    ['<!DOCTYPE a>', 'no markup that is known'],
    ['<Name>a</Name>', "Value null at 'CallerReference' failed to satisfy constraint"],
    [
      '<Name>a</Name><CallerReference>1</CallerReference><HostedZoneConfig><PrivateZone>yes</PrivateZone></HostedZoneConfig>',
      "'yes' at 'HostedZoneConfig.PrivateZone' is not true or false",
    ],
  ])('%s is refused', async (content, message) => {
    const { status, body } = await zone(content)
    expect(status).toBe(400)
    expect(body).toContain('<Type>Sender</Type><Code>InvalidInput</Code>')
    expect(body).toContain(message.replaceAll('</', '&lt;/').replaceAll('>', '&gt;').replaceAll(' <', ' &lt;'))
  })

  test('of an unknown path is an error like any other', async () => {
    const { status, body } = await ask('route53', 'GET', '/2013-04-01/nowhere')
    expect(status).toBe(404)
    expect(body).toMatch(/^<ErrorResponse xmlns=.*<Code>UnknownOperationException<\/Code>.*<RequestId>[0-9a-f-]{36}</)
  })

  test('of an error has the members of its shape', async () => {
    answers['ChangeResourceRecordSets'] = () => {
      throw new AwsError('InvalidChangeBatch', '[first, second]', 400, { messages: ['first', 'second'] })
    }
    const changing = new Route53Client(it.client).send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z1', ChangeBatch: { Changes: [] } }),
    )
    await expect(changing).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: '[first, second]',
      messages: ['first', 'second'],
      $metadata: { httpStatusCode: 400 },
    })
  })
})

describe('CloudWatch', () => {
  test('is asked in a form by clients of old', async () => {
    const { status, body } = await postForm(
      it.wire.url,
      { Action: 'ListMetrics', Version: '2010-08-01', Namespace: 'AWS/ApplicationELB' },
      authorization('monitoring'),
    )
    expect(status).toBe(200)
    expect(body).toContain('<ListMetricsResult/>')
    expect(asked).toEqual([{ Namespace: 'AWS/ApplicationELB' }])
  })

  test.each([
    ['/', { 'x-amz-target': 'GraniteServiceVersion20100801.Nonsense' }, 400],
    ['/', { 'x-amz-target': 'Another.ListMetrics' }, 400],
    ['/service/GraniteServiceVersion20100801/operation/Nonsense', { 'smithy-protocol': 'rpc-v2-cbor' }, 404],
  ])('%s %o is no operation of it', async (path, headers, status) => {
    const response = await fetch(it.wire.url + path, {
      method: 'POST',
      headers: { ...authorization('monitoring'), ...(headers as Record<string, string>) },
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-amzn-query-error')).toBe('UnknownOperationException;Sender')
  })
})

describe.skipIf(!hasAwsCli)('the AWS command-line client', () => {
  test('reads and writes every protocol', async () => {
    const metric = { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' }
    answers['ListMetrics'] = () => ({ Metrics: [metric] })
    answers['DescribeCluster'] = () => ({ cluster: { name: 'green', createdAt: new Date(0) } })
    answers['ListResourceRecordSets'] = () => ({
      ResourceRecordSets: [{ Name: 'a.', Type: 'A', Weight: 0 }],
      IsTruncated: false,
      MaxItems: 300,
    })
    answers['GetRestApi'] = () => ({ id: 'r1' })
    answers['GetApi'] = () => ({ ApiId: 'a1', Name: 'shop' })
    const outputs = await Promise.all(
      [
        ['cloudwatch', 'list-metrics', '--namespace', 'AWS/ApplicationELB'],
        ['eks', 'describe-cluster', '--name', 'green'],
        ['route53', 'list-resource-record-sets', '--hosted-zone-id', 'Z1'],
        ['apigateway', 'get-rest-api', '--rest-api-id', 'r1'],
        ['apigatewayv2', 'get-api', '--api-id', 'a1'],
      ].map((words) => awsCli(it.wire, ...words)),
    )
    expect(outputs).toEqual([
      { error: '', output: { Metrics: [metric] } },
      { error: '', output: { cluster: { name: 'green', createdAt: 0 } } },
      { error: '', output: { ResourceRecordSets: [{ Name: 'a.', Type: 'A', Weight: 0 }] } },
      { error: '', output: { id: 'r1' } },
      { error: '', output: { ApiId: 'a1', Name: 'shop' } },
    ])
    expect(it.wire.calls.recent().map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })
})
