import { DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf } from '../../automation/engine/pulumi-errors.ts'
import { CutoverError } from '../../automation/errors.ts'
import { silenceIn, unansweredSentence } from '../../automation/unanswered.ts'
import { createAws, type Aws } from '../../infra/aws/clients.ts'

/** What counts as no answer of AWS, by the SDK's own errors and in the plugins' words. */
const clients: Aws[] = []
let server: Server
let answer: { readonly status: number; readonly body: string } | 'none' = 'none'

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test'
  server = createServer((_request, response) => {
    if (answer !== 'none') response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  for (const client of clients) client.close()
  server.closeAllConnections()
  server.close()
})

function at(endpoint: string): Aws {
  const told = () => undefined
  const aws = createAws({ region: 'eu-central-1', endpoint, maxAttempts: 1, requestTimeoutMs: 200, onCall: told })
  clients.push(aws)
  return aws
}

const here = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const failureAt = (endpoint: string): Promise<unknown> =>
  at(endpoint)
    .elbv2.send(new DescribeRulesCommand({}))
    .then(
      () => null,
      (error: unknown) => error,
    )

const errorXml = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>`

describe('of the SDK', () => {
  it.each([
    ['a connection that is refused', 'http://127.0.0.1:9', /ECONNREFUSED/],
    ['a name that is not found', 'http://nowhere.invalid', /ENOTFOUND|EAI_AGAIN/],
  ])('%s is no answer', async (_what, endpoint, error) => {
    expect(silenceIn(await failureAt(endpoint))).toEqual({
      call: 'ElasticLoadBalancingV2 DescribeRules',
      error: expect.stringMatching(error) as string,
    })
  })

  it('a time-out is none', async () => {
    answer = 'none'
    expect(silenceIn(await failureAt(here()))?.error).toMatch(/TimeoutError/)
  })

  it.each([
    [503, 'ServiceUnavailable', true],
    [500, 'InternalFailure', true],
    [400, 'Throttling', true],
    [403, 'AccessDenied', false],
    [400, 'ValidationError', false],
    [400, 'RuleNotFound', false],
  ])('%i %s: %s', async (status, code, silent) => {
    answer = { status, body: errorXml(code) }
    expect(silenceIn(await failureAt(here())) !== null).toBe(silent)
  })

  it('names the call where it stands behind one of our own errors', async () => {
    const cause = await at('http://127.0.0.1:9')
      .elbv2.send(new ModifyRuleCommand({ RuleArn: 'arn' }))
      .catch((error: unknown) => error)
    const failed = new CutoverError('aws-failed', 'the way home was refused', {}, cause)
    expect(silenceIn(failed)?.call).toBe('ElasticLoadBalancingV2 ModifyRule')
    expect(silenceIn(new CutoverError('engine-failed', 'no', {}, cause))).toBeNull()
  })
})

describe('of a plugin', () => {
  const ofEngine = (...diagnostics: string[]) =>
    silenceIn(errorOf({ message: '', exitCode: 1, stderr: '', diagnostics }))
  const call = 'updating ELBv2 Listener Rule (arn): operation error Elastic Load Balancing v2: ModifyRule'

  it.each([
    [
      'a connection that is refused',
      'https response error StatusCode: 0, RequestID: , request send failed, connect: connection refused',
    ],
    [
      'a name that is not found',
      'https response error StatusCode: 0, dial tcp: lookup elb.amazonaws.com: no such host',
    ],
    ['a 503', 'https response error StatusCode: 503, RequestID: 1, ServiceUnavailable: no'],
    ['throttling', 'https response error StatusCode: 400, RequestID: 1, api error Throttling: Rate exceeded'],
    ['a connection that is cut, in the words of Node', 'Error: socket hang up'],
  ])('%s is no answer', (_what, error) => {
    expect(ofEngine(`${call}, ${error}`)).toEqual({ call: 'Elastic Load Balancing v2: ModifyRule', error })
  })

  it.each([
    ['what AWS refuses', [`${call}, https response error StatusCode: 403, RequestID: 1, AccessDenied: no`]],
    ['one refusal among silences', [`${call}, StatusCode: 503, no`, `${call}, StatusCode: 400, ValidationError: no`]],
    ['a cluster that does not answer', ['GET https://127.0.0.1:9/apis: connect ECONNREFUSED 127.0.0.1:9']],
    ['the engine’s own', ["no resource named 'urn:pulumi:x' found"]],
  ])('%s is an answer', (_what, diagnostics) => {
    expect(ofEngine(...diagnostics)).toBeNull()
  })
})

it('is told with the call, the error, since when and until when', () => {
  const unanswered = { call: 'X Y', error: 'ECONNREFUSED: no answer', since: 0, until: 900_000 }
  expect(unansweredSentence(unanswered)).toBe(
    'AWS has not answered X Y since 1970-01-01T00:00:00.000Z (ECONNREFUSED: no answer); it is tried again until 1970-01-01T00:15:00.000Z',
  )
  expect(unansweredSentence({ ...unanswered, until: null })).toMatch(/; it is tried again until it does$/)
})
