import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeTrafficSourcesCommand,
} from '@aws-sdk/client-auto-scaling'
import { CreateLaunchTemplateCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { targetGroups, useAwsPlugin } from './aws-plugin.ts'

const plugin = useAwsPlugin()
const { provider, written } = plugin

let autoscaling: AutoScalingClient

/** A group with one instance, and a target group for instances on a node port. */
beforeAll(async () => {
  const { wire, subnets } = plugin.cloud
  const client = {
    region: 'ap-northeast-2',
    endpoint: wire.url,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
  }
  autoscaling = new AutoScalingClient(client)
  const ec2 = new EC2Client(client)
  const LaunchTemplateData = { ImageId: 'ami-0123456789abcdef0' }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'node', LaunchTemplateData }))
  ec2.destroy()
  await autoscaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'green',
      LaunchTemplate: { LaunchTemplateName: 'node' },
      MinSize: 1,
      MaxSize: 1,
      VPCZoneIdentifier: subnets.join(','),
    }),
  )
})

afterAll(() => autoscaling.destroy())

const describeGroup = async () => {
  const { AutoScalingGroups } = await autoscaling.send(new DescribeAutoScalingGroupsCommand({}))
  return AutoScalingGroups?.[0]
}

async function makeTargetGroup(): Promise<string> {
  const client = await provider(targetGroups)
  const nodePorts = { port: 30080, protocol: 'HTTP', targetType: 'instance', vpcId: plugin.cloud.vpcId }
  const { id, state } = await client.make(nodePorts)
  expect(state).toMatchObject({ targetType: 'instance', port: 30080 })
  return id
}

describe('an attachment', () => {
  const attachments = 'aws:autoscaling/attachment:Attachment'

  test('is made, found and removed; any change of it is another one', async () => {
    const arn = await makeTargetGroup()
    const client = await provider(attachments)
    plugin.cloud.wire.calls.clear()
    const news = { autoscalingGroupName: 'green', lbTargetGroupArn: arn }
    const { id, state, inputs } = await client.make(news)
    expect(written()).toEqual(['AttachLoadBalancerTargetGroups'])
    expect(id).toMatch(/^green-\d{18}[0-9a-f]{8}$/)
    expect(state).toMatchObject(news)
    expect((await describeGroup())?.TargetGroupARNs).toEqual([arn])
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    const other = await client.check({ ...news, lbTargetGroupArn: 'arn:other' }, inputs)
    expect((await client.diff(id, state, other.inputs)).detailed).toEqual({ lbTargetGroupArn: 'update-replace' })
    expect((await client.read(id, state)).id).toBe(id)
    await client.delete(id, state)
    await expect.poll(async () => (await client.read(id, state)).id).toBe('')
    // as the official provider does, which lets this pass for classic load balancers alone
    await expect(client.delete(id, state)).rejects.toThrow(
      'Trying to remove Target Groups that are not part of the group',
    )
  })

  test('cannot be imported', async () => {
    const client = await provider(attachments)
    await expect(client.read('green-1')).rejects.toThrow("doesn't support import")
  })

  test('of a group that is not there is refused in AWS’s words', async () => {
    const client = await provider(attachments)
    const news = { autoscalingGroupName: 'blue', lbTargetGroupArn: plugin.cloud.made.blueArn }
    await expect(client.make(news)).rejects.toThrow(
      /operation error Auto Scaling: AttachLoadBalancerTargetGroups, https response error StatusCode: 400, RequestID: .+, ValidationError: AutoScalingGroup name not found/,
    )
  })
})

describe('a traffic source attachment', () => {
  test('waits until the instances are registered, and until they have gone', async () => {
    const arn = await makeTargetGroup()
    const client = await provider('aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment')
    const news = { autoscalingGroupName: 'green', trafficSource: { identifier: arn, type: 'elbv2' } }
    const { id, state } = await client.make(news)
    expect(id).toBe(`green,elbv2,${arn}`)
    expect(state).toMatchObject(news)
    const states = async () => {
      const { TrafficSources } = await autoscaling.send(
        new DescribeTrafficSourcesCommand({ AutoScalingGroupName: 'green' }),
      )
      return TrafficSources?.filter(({ Identifier }) => Identifier === arn).map(({ State }) => State)
    }
    expect(await states()).toEqual(['Added'])
    expect((await client.read(id)).inputs).toMatchObject(news)
    await client.delete(id, state)
    expect(await states()).toEqual([])
    expect((await client.read(id)).id).toBe('')
    await expect(client.delete(id, state)).rejects.toThrow('Trying to remove Traffic Sources that are not part')
    const elsewhere = id.replace('green', 'gone')
    await client.delete(elsewhere, { ...state, autoscalingGroupName: 'gone' })
  })
})
