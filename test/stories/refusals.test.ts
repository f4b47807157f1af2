import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyTargetGroupAttributesCommand,
  RemoveTagsCommand,
  type Action,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { Refusal } from '../../demo/client.ts'
import { bindingOf, create } from '../../sandbox/scenarios/manifests.ts'
import { ownCalls } from '../support/own-calls.ts'
import { inventoryText, startTestService, type TestService } from '../support/service.ts'

/** Everything that an inventory can name and that cannot be moved, on a real sandbox: a clear refusal, and nothing touched. */
type Entry = Record<string, unknown>

let service: TestService
let document: { workloads: Record<string, Entry> }
let listener: string
let count = 0

beforeAll(async () => {
  service = await startTestService()
  document = parse(await inventoryText(service.sandbox)) as typeof document
  listener = String(document.workloads['search']?.['rule'])
    .replace(':listener-rule/', ':listener/')
    .replace(/\/[^/]+$/, '')
})

afterAll(async () => {
  await service.stop()
})

const elbv2 = () => service.sandbox.aws.elbv2
const group = () => String(document.workloads['search']?.['blueTargetGroup'])
const otherGroup = () => String(document.workloads['tagging']?.['blueTargetGroup'])

/** A rule of its own for one case. */
async function rule(...actions: Action[]): Promise<string> {
  count += 1
  const { Rules = [] } = await elbv2().send(
    new CreateRuleCommand({
      ListenerArn: listener,
      Priority: 100 + count,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [`case-${count}.shop.example`] } }],
      Actions: actions,
    }),
  )
  return Rules[0]?.RuleArn ?? ''
}

/** What the first advance of a workload with this entry is refused with. */
async function refusal(change: Entry): Promise<{ code: string; field: unknown; detail: string }> {
  count += 1
  const name = `case-${count}`
  const entry = { ...document.workloads['search'], ...change }
  for (const [key, value] of Object.entries(entry)) if (value === undefined) delete entry[key]
  await service.client.apply(stringify({ ...document, workloads: { [name]: entry } }))
  service.sandbox.calls.clear()
  try {
    await service.client.post(name, 'advance')
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    expect((await service.client.workload(name)).phase).toBe('registered')
    expect(writes()).toEqual([])
    return { code: error.problem.code, field: error.problem['field'], detail: error.problem.detail }
  }
  throw new Error('it was accepted')
}

const writes = (): string[] =>
  ownCalls(service.sandbox)
    .map(({ operation }) => operation)
    .filter((operation) => !operation.startsWith('Describe'))

const forward = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn })

it('a rule that does not exist', async () => {
  const gone = String(document.workloads['search']?.['rule']).replace(/[0-9a-f]$/, (last) => (last === '0' ? '1' : '0'))
  expect(await refusal({ rule: gone })).toMatchObject({ code: 'switch-point-refused', field: 'rule' })
})

it('the ARN of a default rule, with the listener to name instead', async () => {
  const { Rules = [] } = await elbv2().send(new DescribeRulesCommand({ ListenerArn: listener }))
  const standard = Rules.find(({ IsDefault }) => IsDefault)?.RuleArn
  const refused = await refusal({ rule: standard })
  expect(refused).toMatchObject({ code: 'switch-point-refused', field: 'rule' })
  expect(refused.detail).toContain(listener)
})

it('a rule that redirects, and one that answers by itself', async () => {
  const redirect = await rule({ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Host: 'x.example' } })
  expect((await refusal({ rule: redirect })).detail).toContain('its action is redirect')
  const fixed = await rule({ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } })
  expect((await refusal({ rule: fixed })).detail).toContain('its action is fixed-response')
})

it('a rule that authenticates: AWS never returns its secret, so a change would lose it', async () => {
  const { Listeners = [] } = await elbv2().send(new DescribeListenersCommand({ ListenerArns: [listener] }))
  const secure = await elbv2().send(
    new CreateListenerCommand({
      LoadBalancerArn: Listeners[0]?.LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/6d5fd8a7' }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  )
  const oidc = {
    Issuer: 'https://id.shop.example',
    AuthorizationEndpoint: 'https://id.shop.example/authorize',
    TokenEndpoint: 'https://id.shop.example/token',
    UserInfoEndpoint: 'https://id.shop.example/user',
    ClientId: 'shop',
    ClientSecret: 'never returned',
  }
  const actions: Action[] = [
    { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: oidc },
    { ...forward(group()), Order: 2 },
  ]
  const { Rules = [] } = await elbv2().send(
    new CreateRuleCommand({
      ListenerArn: secure.Listeners?.[0]?.ListenerArn,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/'] } }],
      Actions: actions,
    }),
  )
  expect((await refusal({ rule: Rules[0]?.RuleArn })).detail).toContain('authenticate-oidc action, whose secret')
})

it('a rule with two target groups already', async () => {
  const split = await rule({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: group(), Weight: 50 },
        { TargetGroupArn: otherGroup(), Weight: 50 },
      ],
    },
  })
  expect((await refusal({ rule: split })).detail).toContain('already divides traffic between 2 target groups')
})

it('a rule that forwards to another group than the entry says', async () => {
  expect(await refusal({ rule: await rule(forward(otherGroup())) })).toMatchObject({ field: 'blueTargetGroup' })
})

it('a target group on no such ARN, and one with instance targets', async () => {
  const gone = group().replace(/[0-9a-f]$/, (last) => (last === '0' ? '1' : '0'))
  expect((await refusal({ blueTargetGroup: gone })).detail).toContain('does not exist')
  const { TargetGroups = [] } = await elbv2().send(
    new CreateTargetGroupCommand({
      Name: 'instances',
      TargetType: 'instance',
      Protocol: 'HTTP',
      Port: 30_080,
      VpcId: await vpcId(),
    }),
  )
  const instances = TargetGroups[0]?.TargetGroupArn ?? ''
  const refused = await refusal({ rule: await rule(forward(instances)), blueTargetGroup: instances })
  expect(refused.detail).toContain('its targets are of type instance')
})

it('a rule that a controller made', async () => {
  const arn = await rule(forward(group()))
  const tag = { Key: 'ingress.k8s.aws/stack', Value: 'shop/shop' }
  await elbv2().send(new AddTagsCommand({ ResourceArns: [arn], Tags: [tag] }))
  expect((await refusal({ rule: arn })).detail).toContain('made by a load-balancer controller')
  await elbv2().send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: [tag.Key] }))
})

it('stickiness, on the group and in the action', async () => {
  const sticky = (value: string) =>
    elbv2().send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: group(),
        Attributes: [{ Key: 'stickiness.enabled', Value: value }],
      }),
    )
  await sticky('true')
  expect((await refusal({})).detail).toContain('stickiness.enabled')
  await sticky('false')
  const arn = await rule({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: group() }],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
    },
  })
  expect((await refusal({ rule: arn })).detail).toContain('target-group stickiness is on')
})

it('a switch point that another workload has claimed', async () => {
  await service.client.apply(stringify(document))
  await service.client.act('search', 'advance')
  const both = { ...document, workloads: { ...document.workloads, second: document.workloads['search'] } }
  await service.client.apply(stringify(both))
  await expect(service.client.post('second', 'advance')).rejects.toMatchObject({
    problem: { code: 'switch-point-claimed', holder: 'small/search' },
  })
  await service.client.act('search', 'abandon', { reason: 'done' })
  await service.client.act('second', 'plan')
})

it('a green cluster that does not answer: nothing is decided from what it might have said', async () => {
  await (await service.sandbox.whenGreen()).setReachable(false, 'refuse')
  expect(await refusal({})).toMatchObject({ code: 'cluster-unreachable' })
  await (await service.sandbox.whenGreen()).setReachable(true)
})

it('an ARN of another region is AWS’s to refuse, in its words', async () => {
  const elsewhere = String(document.workloads['search']?.['rule']).replace('eu-central-1', 'eu-west-1')
  const refused = await refusal({ rule: elsewhere })
  expect(['switch-point-refused', 'aws-failed']).toContain(refused.code)
})

it('a target group that both clusters bind', async () => {
  const arn = await rule(forward(otherGroup()))
  const config = { rule: arn, blueTargetGroup: otherGroup(), service: { namespace: 'shop', name: 'tagging', port: 80 } }
  await create(await service.sandbox.whenGreen(), [bindingOf('shop', 'tagging', otherGroup())])
  expect((await refusal(config)).detail).toContain('green binds it as well')
})

async function vpcId(): Promise<string> {
  const { Vpcs = [] } = await service.sandbox.aws.ec2.send(new DescribeVpcsCommand({}))
  return Vpcs[0]?.VpcId ?? ''
}
