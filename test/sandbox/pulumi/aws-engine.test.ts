import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import { CreateLaunchTemplateCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Stack } from '@pulumi/pulumi/automation/index.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { collectSteps, createEngine, type Engine } from './engine.ts'

let cloud: TestCloud
let folder: string
let plugins: Plugins
let engine: Engine

beforeAll(async () => {
  cloud = await startCloud()
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  plugins = await startPlugins({ folder })
  engine = await createEngine(plugins.folders)
})
afterAll(async () => {
  await plugins.stop()
  await engine.remove()
  await rm(folder, { recursive: true, force: true })
  await cloud.close()
})

const provider = () => new aws.Provider('aws', { ...cloud.providerOptions, endpoints: cloud.providerOptions.endpoints })
const writes = () =>
  cloud.wire.calls.recent().flatMap(({ operation }) => (/^Describe|^Get|^List/.test(operation) ? [] : [operation]))

async function up(stack: Stack) {
  const { onEvent, steps } = collectSteps()
  cloud.wire.calls.clear()
  const result = await stack.up({ onEvent, suppressProgress: true })
  return { steps, writes: writes(), changes: result.summary.resourceChanges, outputs: result.outputs }
}

/** A group of one instance, made by hand. */
async function addAutoScalingGroup(): Promise<AutoScalingClient> {
  const client = {
    region: 'ap-northeast-2',
    endpoint: cloud.wire.url,
    credentials: { accessKeyId: 'A', secretAccessKey: 's' },
  }
  const [ec2, autoscaling] = [new EC2Client(client), new AutoScalingClient(client)]
  const LaunchTemplateData = { ImageId: 'ami-0123456789abcdef0' }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'node', LaunchTemplateData }))
  ec2.destroy()
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'green',
      LaunchTemplate: { LaunchTemplateName: 'node' },
      MinSize: 1,
      MaxSize: 1,
      VPCZoneIdentifier: cloud.subnets.join(','),
    }),
  )
  return autoscaling
}

describe('a real engine with the aws plugin', () => {
  test('makes, leaves, changes, refreshes and removes; what was secret is ciphertext in the state', async () => {
    let weights = { blue: 100, green: 0 }
    const stack = await engine.stack('whole', async () => {
      const options = { provider: provider() }
      const green = new aws.lb.TargetGroup(
        'green',
        { port: 80, protocol: 'HTTP', targetType: 'ip', vpcId: cloud.vpcId, tags: { token: pulumi.secret('hunter2') } },
        options,
      )
      const targetGroups = [
        { arn: cloud.made.blueArn, weight: weights.blue },
        { arn: green.arn, weight: weights.green },
      ]
      const rule = new aws.lb.ListenerRule(
        'rule',
        {
          listenerArn: cloud.made.listenerArn,
          priority: 1,
          conditions: [{ httpHeader: { httpHeaderName: 'x-test', values: ['y'] } }],
          actions: [{ type: 'forward', forward: { targetGroups } }],
        },
        options,
      )
      return { rule: rule.arn }
    })
    const first = await up(stack)
    expect(first.changes).toEqual({ create: 4 })
    expect(first.writes).toEqual(['CreateTargetGroup', 'ModifyTargetGroupAttributes', 'CreateRule'])
    expect(await up(stack)).toMatchObject({ changes: { same: 4 }, steps: [], writes: [] })

    weights = { blue: 90, green: 10 }
    const shift = await up(stack)
    expect(shift.writes).toEqual(['ModifyRule'])
    expect(shift.steps).toMatchObject([{ op: 'update', type: 'aws:lb/listenerRule:ListenerRule', diffs: ['actions'] }])
    expect(Object.keys(shift.steps[0]?.detailed ?? {}).join()).toContain('.weight')
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 4 })

    const kept = await readFile(join(engine.folder, '.pulumi/stacks/plugins/whole.json'), 'utf8')
    expect(kept).not.toContain('hunter2')
    expect(kept).toMatch(/"tagsAll":\s*\{\s*"token":\s*\{\s*"[0-9a-f]{32}":\s*"[0-9a-f]{32}",\s*"ciphertext":/)
    expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: 4 })
  })

  test('adopts a rule without a write, even one that the program describes wrongly', async () => {
    const { blueArn, ruleArn } = cloud.made
    const actions = [
      {
        type: 'forward',
        targetGroupArn: blueArn,
        forward: { targetGroups: [{ arn: `${blueArn.slice(0, -1)}0`, weight: 7 }] },
      },
    ]
    const ignoreChanges = [
      'actions[*].type',
      'actions[*].order',
      'actions[*].targetGroupArn',
      'actions[*].forward.targetGroups',
      'conditions',
      'listenerArn',
      'priority',
      'tags',
      'tagsAll',
      'transforms',
    ]
    const conditions = [{ hostHeader: { values: ['somewhere-else.example.com'] } }]
    const program = (ignored: string[]) => async () => {
      const options = { provider: provider(), import: ruleArn, ignoreChanges: ignored, retainOnDelete: true }
      new aws.lb.ListenerRule('rule', { listenerArn: cloud.made.listenerArn, conditions, actions }, options)
    }
    const found = await cloud.elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }))
    const everything = await engine.stack('everything', program(['*']))
    await expect(up(everything)).rejects.toThrow('expected duration to be in the range (1 - 604800), got 0')

    const stack = await engine.stack('adopt', program(ignoreChanges))
    expect(await up(stack)).toMatchObject({ writes: [], steps: [{ op: 'import' }] })
    expect(await up(stack)).toMatchObject({ writes: [], steps: [] })
    const after = await cloud.elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }))
    expect(after.Rules).toEqual(found.Rules)
    await stack.destroy()
  })

  test('attaches the instances of a group to a target group, and detaches them', async () => {
    const autoscaling = await addAutoScalingGroup()
    const attached = async () => {
      const { AutoScalingGroups } = await autoscaling.send(new DescribeAutoScalingGroupsCommand({}))
      return AutoScalingGroups?.[0]?.TargetGroupARNs
    }
    const stack = await engine.stack('attach', async () => {
      const options = { provider: provider() }
      const nodes = { port: 30080, protocol: 'HTTP', targetType: 'instance', vpcId: cloud.vpcId }
      const group = new aws.lb.TargetGroup('nodes', nodes, options)
      const attachment = { autoscalingGroupName: 'green', lbTargetGroupArn: group.arn }
      new aws.autoscaling.Attachment('nodes', attachment, options)
      return { group: group.arn }
    })
    const { outputs, writes: first } = await up(stack)
    expect(first).toEqual(['CreateTargetGroup', 'ModifyTargetGroupAttributes', 'AttachLoadBalancerTargetGroups'])
    expect(await attached()).toEqual([outputs.group?.value])
    expect(await up(stack)).toMatchObject({ writes: [], steps: [] })
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 4 })
    await stack.destroy()
    await expect.poll(attached).toEqual([])
    autoscaling.destroy()
  })

  test('gives a record a weight in one batch, and then a sibling', async () => {
    const { region, accessKey, secretKey, endpoints } = cloud.providerOptions
    const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
    const route53 = new Route53Client({ region, credentials, endpoint: endpoints[0]?.route53 ?? '' })
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: 'a.example', CallerReference: '1' }))
    const zoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
    route53.destroy()
    let weights: Record<string, number> = {}
    const stack = await engine.stack('record', async () => {
      const options = { provider: provider() }
      const www = { zoneId, name: 'www.a.example', type: 'A', ttl: 60, records: ['192.0.2.1'] }
      const policy = (colour: string) =>
        colour in weights ? { setIdentifier: colour, weightedRoutingPolicies: [{ weight: weights[colour] ?? 0 }] } : {}
      const blue = new aws.route53.Record('blue', { ...www, ...policy('blue') }, options)
      if ('green' in weights) {
        const green = { ...www, records: ['192.0.2.2'], ...policy('green') }
        new aws.route53.Record('green', green, { ...options, dependsOn: blue })
      }
      return { fqdn: blue.fqdn }
    })
    expect(await up(stack)).toMatchObject({
      writes: ['ChangeResourceRecordSets'],
      outputs: { fqdn: { value: 'www.a.example' } },
    })
    weights = { blue: 100, green: 0 }
    expect(await up(stack)).toMatchObject({
      writes: ['ChangeResourceRecordSets', 'ChangeResourceRecordSets'],
      changes: { create: 1, same: 2, update: 1 },
    })
    weights = { blue: 50, green: 50 }
    expect(await up(stack)).toMatchObject({ changes: { same: 2, update: 2 } })
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 4 })
    expect(await up(stack)).toMatchObject({ writes: [], changes: { same: 4 } })
    await stack.destroy()
  })

  test('goes on after the plugins died in the middle of an update', async () => {
    const stack = await engine.stack('crash', async () => {
      const group = { port: 80, protocol: 'HTTP', targetType: 'ip', vpcId: cloud.vpcId }
      new aws.lb.TargetGroup('late', group, { provider: provider() })
    })
    cloud.faults.add({ match: { operation: 'DescribeTargetGroups' }, effect: { delayMs: 600_000 }, times: 1 })
    cloud.wire.calls.clear()
    const failed = stack.up({ suppressProgress: true }).then(
      () => 'succeeded',
      (error: Error) => error.message,
    )
    await expect.poll(() => cloud.faults.list()[0]?.applied, { timeout: 30_000 }).toBe(1)
    await plugins.kill()
    expect(await failed).toMatch(/aws:lb:TargetGroup late/)
    cloud.faults.clear()
    await plugins.restart()
    expect((await up(stack)).writes).toEqual(['CreateTargetGroup', 'ModifyTargetGroupAttributes'])
    await stack.destroy()
  })
})
