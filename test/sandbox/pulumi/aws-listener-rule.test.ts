import { ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, test } from 'vitest'
import { UNKNOWN } from '../../../sandbox/pulumi/properties.ts'
import { forward, rules, targetGroups, useAwsPlugin } from './aws-plugin.ts'

const plugin = useAwsPlugin()
const { green, provider, written } = plugin

describe('a listener rule', () => {
  const rule = (actions: ReturnType<typeof forward>) => ({
    listenerArn: plugin.cloud.made.listenerArn,
    conditions: [{ pathPattern: { values: ['/x/*'] } }],
    actions,
  })

  test('takes a free priority, then changes its weights by one call and its priority by another', async () => {
    const group = await (await provider(targetGroups)).make(green())
    const client = await provider(rules)
    const { blueArn } = plugin.cloud.made
    const made = await client.make(rule(forward({ [blueArn]: 100, [group.id]: 0 })))
    expect(made.state).toMatchObject({ priority: 11, listenerArn: plugin.cloud.made.listenerArn })
    const next = { ...rule(forward({ [blueArn]: 90, [group.id]: 10 })), priority: 20 }
    const { inputs } = await client.check(next, made.inputs)
    plugin.cloud.wire.calls.clear()
    const difference = await client.diff(made.id, made.state, inputs)
    expect(difference.detailed).toMatchObject({ priority: 'update' })
    expect(Object.keys(difference.detailed).join()).toMatch(/actions\[0\]\.forward\.targetGroups\[[01]\]\.weight/)
    const updated = await client.update(made.id, made.state, inputs)
    expect(written()).toEqual(['SetRulePriorities', 'ModifyRule'])
    expect(await client.diff(made.id, updated, inputs)).toMatchObject({ changes: false })
    await client.delete(made.id, updated)
    await client.delete(made.id, updated)
  })

  test('shows the order of target groups that AWS keeps as no change', async () => {
    const client = await provider(rules)
    const [a, b] = ['arn:aws:a', 'arn:aws:b']
    const { inputs } = await client.check(rule(forward({ [b]: 1, [a]: 2 })))
    const state = { ...inputs, actions: forward({ [a]: 2, [b]: 1 }), arn: 'arn', priority: 1 }
    expect((await client.diff('arn', state, inputs)).detailed).toEqual({})
  })

  test('refuses what the plugin itself can see is wrong', async () => {
    const { failures } = await (await provider(rules)).check(rule(forward({ 'arn:aws:a': 1000 })))
    expect(failures).toEqual([
      'actions[0].forward.targetGroups[0].weight: expected weight to be in the range (0 - 999), got 1000',
    ])
    const { failures: missing } = await (await provider(rules)).check({ conditions: [] })
    expect(missing.map((failure) => failure.split(':')[0])).toEqual(['actions', 'listenerArn'])
  })

  test('answers a refusal of AWS in its words', async () => {
    const client = await provider(rules)
    const taken = { ...rule(forward({ [plugin.cloud.made.blueArn]: 1 })), priority: 10 }
    await expect(client.make(taken)).rejects.toThrow(
      /creating ELBv2 Listener Rule: operation error Elastic Load Balancing v2: CreateRule, https response error StatusCode: 400, RequestID: .+, PriorityInUse: /,
    )
  })

  test('is tried again when AWS throttles', async () => {
    const client = await provider(rules)
    plugin.cloud.faults.add({ match: { operation: 'DescribeRules' }, effect: { throttle: true }, times: 3 })
    expect(await client.read(plugin.cloud.made.ruleArn)).toMatchObject({ id: plugin.cloud.made.ruleArn })
    expect(plugin.cloud.wire.calls.count({ operation: 'DescribeRules' })).toBe(4)
  })

  test('gives up with the attempts that maxRetries allows', async () => {
    const client = await provider(rules, { maxRetries: 2 })
    plugin.cloud.faults.add({ match: { operation: 'DescribeRules' }, effect: { throttle: true } })
    await expect(client.read(plugin.cloud.made.ruleArn)).rejects.toThrow(/DescribeRules.*Throttling/)
    expect(plugin.cloud.wire.calls.count({ operation: 'DescribeRules' })).toBe(2)
  })

  test('is known by its ARN alone', async () => {
    const found = await (await provider(rules)).read(plugin.cloud.made.ruleArn)
    expect(found.inputs).toMatchObject({
      listenerArn: plugin.cloud.made.listenerArn,
      priority: 10,
      conditions: [{ hostHeader: { values: ['search.example.com'] } }],
      actions: [{ type: 'forward', targetGroupArn: plugin.cloud.made.blueArn }],
      tags: { team: 'shop' },
    })
    expect(found.state).toMatchObject({ arn: plugin.cloud.made.ruleArn, priority: 10, region: 'ap-northeast-2' })
    const gone = plugin.cloud.made.ruleArn.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(await (await provider(rules)).read(gone)).toMatchObject({ id: '' })
  })

  test('cannot be adopted by ignoring everything: AWS answers a stickiness that it does not accept', async () => {
    const client = await provider(rules)
    const found = await client.read(plugin.cloud.made.ruleArn)
    const { failures } = await client.check(found.inputs, found.inputs)
    expect(failures).toEqual([
      'actions[0].forward.stickiness.duration: expected duration to be in the range (1 - 604800), got 0',
    ])
  })

  test('reads back after a refresh what its inputs spoke of', async () => {
    const group = await (await provider(targetGroups)).make(green())
    const client = await provider(rules)
    const { blueArn } = plugin.cloud.made
    const made = await client.make(rule(forward({ [group.id]: 0, [blueArn]: 100 })))
    const TargetGroups = [blueArn, group.id].map((TargetGroupArn) => ({ TargetGroupArn, Weight: 50 }))
    const Actions = [{ Type: 'forward', ForwardConfig: { TargetGroups } } as const]
    await plugin.cloud.elbv2.send(new ModifyRuleCommand({ RuleArn: made.id, Actions }))
    const read = await client.read(made.id, made.state, made.inputs)
    expect(read.inputs).toMatchObject({ actions: forward({ [group.id]: 50, [blueArn]: 50 }) })
    expect(read.inputs).not.toHaveProperty('priority')
    expect((await client.diff(made.id, read.state, made.inputs)).changes).toBe(true)
    await client.delete(made.id, read.state)
  })

  test('leaves ignored properties as they are, whatever the inputs say', async () => {
    const client = await provider(rules)
    const found = await client.read(plugin.cloud.made.ruleArn)
    const news = { ...found.inputs, priority: 99, conditions: [{ hostHeader: { values: ['other.example.com'] } }] }
    expect((await client.diff(found.id, found.state, news, ['*'])).detailed).toEqual({})
    expect(await client.diff(found.id, found.state, news, ['priority'])).toMatchObject({
      detailed: { 'conditions[0].hostHeader.values[0]': 'update' },
    })
    plugin.cloud.wire.calls.clear()
    await client.update(found.id, found.state, news, { ignore: ['*'] })
    expect(written()).toEqual([])
  })

  test('an unknown target group is a change of that group alone', async () => {
    const client = await provider(rules)
    const found = await client.read(plugin.cloud.made.ruleArn)
    const groups = { [plugin.cloud.made.blueArn]: 1, [UNKNOWN]: 0 }
    const actions = forward(groups)
    const { inputs, failures } = await client.check({ ...found.inputs, actions }, found.inputs)
    expect(failures).toEqual([])
    expect((await client.diff(found.id, found.state, inputs)).detailed).toEqual({
      'actions[0].forward.targetGroups[1]': 'add',
      'actions[0].targetGroupArn': 'delete',
    })
  })
})
