import { DescribeRulesCommand, DescribeTagsCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, test } from 'vitest'
import { resourceTypes } from '../../../sandbox/pulumi/aws/resource-types.ts'
import { UNKNOWN } from '../../../sandbox/pulumi/properties.ts'
import { rules, targetGroups, useAwsPlugin } from './aws-plugin.ts'
import { initFailure } from './provider-client.ts'

const plugin = useAwsPlugin()
const { connect, green, provider, written } = plugin

describe('a target group', () => {
  test('gets a name, defaults and only then an attribute of its own', async () => {
    const client = await provider(targetGroups, {}, 'green')
    const { inputs, id, state } = await client.make({ ...green(), deregistrationDelay: 30 })
    expect(inputs.name).toMatch(/^green-[0-9a-f]{7}$/)
    expect(inputs).toMatchObject({ deregistrationDelay: 30, region: 'ap-northeast-2', __defaults: ['name'] })
    expect(id).toBe(state.arn)
    expect(state).toMatchObject({ deregistrationDelay: 30, healthCheck: { enabled: true, port: 'traffic-port' } })
    expect(written()).toEqual(['CreateTargetGroup', 'ModifyTargetGroupAttributes'])
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
  })

  test('keeps its made-up name, within what ELBv2 allows', async () => {
    const client = await provider(targetGroups, {}, 'a-very-long-name-for-a-workload-that-nobody-shortened')
    const { inputs } = await client.check(green())
    expect(inputs.name).toMatch(/^a-very-long-name-for-a-w-[0-9a-f]{7}$/)
    expect((await client.check(green(), { ...inputs, name: 'kept' })).inputs.name).toBe('kept')
    const prefixed = await client.make({ ...green(), namePrefix: 'ab-' })
    expect(prefixed.state.name).toMatch(/^ab-\d{18}[0-9a-f]{8}$/)
    expect(await client.diff(prefixed.id, prefixed.state, prefixed.inputs)).toMatchObject({ changes: false })
    await client.delete(prefixed.id, prefixed.state)
  })

  test('says what is wrong with it before AWS does', async () => {
    const client = await provider(targetGroups)
    const news = { ...green(), name: 'a', namePrefix: 'seven-7', healthCheck: { interval: 4 }, colour: 'green' }
    expect((await client.check(news)).failures).toEqual([
      'healthCheck.interval: expected interval to be in the range (5 - 300), got 4',
      'name: Conflicting configuration arguments. "name": conflicts with name_prefix',
      'namePrefix: Conflicting configuration arguments. "name_prefix": conflicts with name',
      'namePrefix: expected length of name_prefix to be in the range (1 - 6), got seven-7',
      'colour: Invalid or unknown key. Unsupported argument "colour".',
    ])
  })

  test('writes the attributes and the tags that changed, and no others', async () => {
    const client = await provider(targetGroups, { defaultTags: { tags: { owner: 'us' } } })
    const { inputs, id, state } = await client.make({ ...green(), tags: { a: '1', b: '2' } })
    plugin.cloud.wire.calls.clear()
    const { inputs: news } = await client.check({ ...green(), slowStart: 60, tags: { b: '3' } }, inputs)
    expect((await client.diff(id, state, news)).detailed).toEqual({
      slowStart: 'update',
      'tags.a': 'delete',
      'tags.b': 'update',
      'tagsAll.a': 'delete',
      'tagsAll.b': 'update',
    })
    expect(await client.update(id, state, news, { preview: true })).toMatchObject({ slowStart: 60, arn: id })
    expect(written()).toEqual([])
    const updated = await client.update(id, state, news)
    expect(written()).toEqual(['RemoveTags', 'AddTags', 'ModifyTargetGroupAttributes'])
    expect(updated).toMatchObject({ slowStart: 60, tags: { b: '3' }, tagsAll: { b: '3', owner: 'us' } })
  })

  test('that exists but could not be finished is kept, with the reason in the words of AWS', async () => {
    const client = await provider(targetGroups, { maxRetries: 1 })
    const { inputs } = await client.check(green())
    plugin.cloud.faults.add({ match: { operation: 'ModifyTargetGroupAttributes' }, effect: { error: 503 } })
    const failure = await client.create(inputs).then(() => undefined, initFailure)
    expect(failure?.id).toMatch(/:targetgroup\//)
    expect(failure?.state).toMatchObject({ id: failure?.id, port: 80 })
    expect(failure?.reasons.join()).toMatch(
      /^creating ELBv2 Target Group \(.*\): operation error Elastic Load Balancing v2: ModifyTargetGroupAttributes, https response error StatusCode: 503, RequestID: .+, /,
    )
  })

  test('that a rule still holds is deleted once the rule lets go', async () => {
    const client = await provider(targetGroups)
    const { id, state } = await client.make(green())
    const toGreen = [{ Type: 'forward', TargetGroupArn: id } as const]
    const toBlue = [{ Type: 'forward', TargetGroupArn: plugin.cloud.made.blueArn } as const]
    await plugin.cloud.elbv2.send(new ModifyRuleCommand({ RuleArn: plugin.cloud.made.ruleArn, Actions: toGreen }))
    const deleted = client.delete(id, state)
    await expect
      .poll(() => plugin.cloud.wire.calls.count({ errorCode: 'ResourceInUse' }), { timeout: 20_000 })
      .toBeGreaterThan(0)
    await plugin.cloud.elbv2.send(new ModifyRuleCommand({ RuleArn: plugin.cloud.made.ruleArn, Actions: toBlue }))
    await deleted
    expect(await client.read(id, state)).toMatchObject({ id: '' })
  })
})

describe('a preview', () => {
  test('answers what is known and marks what only AWS will tell', async () => {
    const client = await provider(targetGroups)
    const { inputs } = await client.check({ ...green(), vpcId: UNKNOWN })
    const { id, state } = await client.create(inputs, { preview: true })
    expect(id).toBe('')
    expect(state).toMatchObject({ arn: UNKNOWN, vpcId: UNKNOWN, port: 80, targetType: 'ip', slowStart: 0 })
    expect(written()).toEqual([])
  })
})

describe('what needs a new resource', () => {
  const expected: Record<string, string[]> = {
    'aws:lb/listener:Listener': ['loadBalancerArn', 'region'],
    'aws:lb/listenerRule:ListenerRule': ['listenerArn', 'region'],
    'aws:lb/targetGroup:TargetGroup': [
      'ipAddressType',
      'name',
      'namePrefix',
      'port',
      'protocol',
      'protocolVersion',
      'region',
      'targetControlPort',
      'targetType',
      'vpcId',
    ],
    'aws:lb/loadBalancer:LoadBalancer': [
      'customerOwnedIpv4Pool',
      'internal',
      'loadBalancerType',
      'name',
      'namePrefix',
      'region',
    ],
    'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': ['region', 'securityGroupId'],
  }
  test.each(Object.entries(expected))('%s', (token, properties) => {
    const { schema } = resourceTypes.get(token)!
    const replacing = Object.entries(schema).filter(([, property]) => property.replaces)
    expect(replacing.map(([name]) => name).sort()).toEqual(properties)
  })

  test('is made before the old one goes, unless the program fixed the name', async () => {
    const client = await provider(targetGroups)
    const { inputs, id, state } = await client.make(green())
    const { inputs: news } = await client.check({ ...green(), port: 81 }, inputs)
    expect(await client.diff(id, state, news)).toMatchObject({
      replaces: ['port'],
      detailed: { port: 'update-replace' },
      deleteBeforeReplace: false,
    })
    const { inputs: named } = await client.check({ ...green(), port: 81, name: state.name ?? '' }, inputs)
    expect(await client.diff(id, state, named)).toMatchObject({ replaces: ['port'], deleteBeforeReplace: true })
  })
})

describe('the other types', () => {
  test('a load balancer, its listener and their attributes', async () => {
    const balancers = await provider('aws:lb/loadBalancer:LoadBalancer', {}, 'front')
    const balancer = await balancers.make({ subnets: plugin.cloud.subnets, internal: true, idleTimeout: 30 })
    expect(balancer.state).toMatchObject({
      idleTimeout: 30,
      internal: true,
      vpcId: plugin.cloud.vpcId,
      enableHttp2: true,
    })
    expect(await balancers.diff(balancer.id, balancer.state, balancer.inputs)).toMatchObject({ changes: false })
    const longer = await balancers.check(
      { subnets: plugin.cloud.subnets, internal: true, idleTimeout: 31 },
      balancer.inputs,
    )
    expect((await balancers.diff(balancer.id, balancer.state, longer.inputs)).detailed).toEqual({
      idleTimeout: 'update',
    })
    plugin.cloud.wire.calls.clear()
    expect(await balancers.update(balancer.id, balancer.state, longer.inputs)).toMatchObject({ idleTimeout: 31 })
    expect(written()).toEqual(['ModifyLoadBalancerAttributes'])

    const listeners = await provider('aws:lb/listener:Listener')
    const notFound = { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '404' } }
    const listener = await listeners.make({ loadBalancerArn: balancer.id, port: 80, defaultActions: [notFound] })
    expect(listener.state).toMatchObject({ protocol: 'HTTP', defaultActions: [{ ...notFound, order: 1 }] })
    const moved = await listeners.check({ ...listener.inputs, port: 81 }, listener.inputs)
    expect(await listeners.update(listener.id, listener.state, moved.inputs)).toMatchObject({ port: 81 })
    await listeners.delete(listener.id, listener.state)
    await balancers.delete(balancer.id, balancer.state)
    expect(await balancers.read(balancer.id)).toMatchObject({ id: '' })
  })

  test('a target is registered, found and deregistered', async () => {
    const client = await provider('aws:lb/targetGroupAttachment:TargetGroupAttachment')
    const news = { targetGroupArn: plugin.cloud.made.blueArn, targetId: '10.0.0.9', port: 8080 }
    const { id, state } = await client.make(news)
    expect(id).toBe(`${plugin.cloud.made.blueArn},10.0.0.9,8080`)
    expect((await client.read(id)).inputs).toMatchObject(news)
    await client.delete(id, state)
    expect(await client.read(id)).toMatchObject({ id: '' })
  })

  test('a security group rule changes in place, but not the kind of its source', async () => {
    const client = await provider('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
    const rule = { securityGroupId: plugin.cloud.securityGroupId, ipProtocol: 'tcp', fromPort: 80, toPort: 80 }
    const { inputs, id, state } = await client.make({ ...rule, cidrIpv4: '10.0.0.0/16', tags: { a: 'b' } })
    expect(state).toMatchObject({ securityGroupRuleId: id, cidrIpv4: '10.0.0.0/16', tags: { a: 'b' } })
    expect(state.arn).toBe(`arn:aws:ec2:ap-northeast-2:123456789012:security-group-rule/${id}`)
    const wider = await client.check({ ...rule, cidrIpv4: '10.0.0.0/8', tags: { a: 'b' } }, inputs)
    expect((await client.diff(id, state, wider.inputs)).detailed).toEqual({ cidrIpv4: 'update' })
    expect(await client.update(id, state, wider.inputs)).toMatchObject({ cidrIpv4: '10.0.0.0/8' })
    const other = await client.check(
      { ...rule, referencedSecurityGroupId: plugin.cloud.securityGroupId, tags: { a: 'b' } },
      inputs,
    )
    expect((await client.diff(id, state, other.inputs)).detailed).toEqual({
      cidrIpv4: 'delete-replace',
      referencedSecurityGroupId: 'add-replace',
    })
    await client.delete(id, state)
    expect(await client.read(id)).toMatchObject({ id: '' })
  })

  test('invokes tell who and where we are', async () => {
    const client = await provider(rules)
    expect(await client.invoke('aws:index/getCallerIdentity:getCallerIdentity')).toMatchObject({
      accountId: '123456789012',
    })
    expect(await client.invoke('aws:index/getRegion:getRegion')).toMatchObject({ name: 'ap-northeast-2' })
    expect(await client.invoke('aws:index/getPartition:getPartition')).toMatchObject({
      reverseDnsPrefix: 'com.amazonaws',
    })
    await expect(client.invoke('aws:s3/getBucket:getBucket')).rejects.toThrow('unrecognized data function')
  })

  test('an unknown type is refused by name', async () => {
    await expect((await provider('aws:s3/bucket:Bucket')).check({})).rejects.toThrow('aws:s3/bucket:Bucket')
  })
})

describe('the provider itself', () => {
  test('takes nested options as the SDK writes them, and the rest from the environment', async () => {
    const client = connect(rules)
    const { endpoints, skipCredentialsValidation: _, ...options } = plugin.cloud.providerOptions
    await client.configure({ ...options, endpoints: JSON.stringify(endpoints), skipCredentialsValidation: 'true' })
    expect(await client.read(plugin.cloud.made.ruleArn)).toMatchObject({ id: plugin.cloud.made.ruleArn })
  })

  test('validates the credentials unless told not to', async () => {
    await provider(rules, { skipCredentialsValidation: false })
    expect(plugin.cloud.wire.calls.count({ operation: 'GetCallerIdentity' })).toBe(1)
  })

  test('before it is configured it says so', async () => {
    const client = connect(rules)
    await expect(client.read(plugin.cloud.made.ruleArn)).rejects.toThrow('the provider is not configured')
  })

  test('nothing was written by hand behind our back', async () => {
    const { Rules } = await plugin.cloud.elbv2.send(new DescribeRulesCommand({ RuleArns: [plugin.cloud.made.ruleArn] }))
    expect(Rules?.[0]?.Actions?.[0]?.TargetGroupArn).toBe(plugin.cloud.made.blueArn)
    const tags = await plugin.cloud.elbv2.send(new DescribeTagsCommand({ ResourceArns: [plugin.cloud.made.ruleArn] }))
    expect(tags.TagDescriptions?.[0]?.Tags).toEqual([{ Key: 'team', Value: 'shop' }])
  })
})
