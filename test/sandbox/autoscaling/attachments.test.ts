import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addGroup, addListener, call, forwardTo, healthOf, toOne } from '../elbv2/fixture.ts'
import { startDataPlane, until, type DataPlane, type Pod } from '../network/fixture.ts'
import { addAutoScalingGroup, inService, membersOf, withNodes, type Account } from './fixture.ts'

/** An application load balancer and groups of instances on whose node port something answers with the group's colour. */
let plane: DataPlane & Account
const answering = new Map<string, Pod>()

beforeEach(async () => {
  plane = await withNodes(await startDataPlane())
})

afterEach(async () => {
  answering.clear()
  await plane.stop()
})

const nodePort = 30080
const checks = {
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
}

const addTargetGroup = async (name: string) => {
  const arn = await addGroup(plane, name, { TargetType: 'instance', Port: nodePort, ...checks })
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }]
  await call(plane.world, 'ModifyTargetGroupAttributes', { TargetGroupArn: arn, Attributes })
  return arn
}

/** Something listens on the node port of every instance, as kube-proxy does. */
async function serve(colour: 'blue' | 'green', count: number) {
  await until(`${count} instances of ${colour} are in service`, () => inService(plane, colour).length === count)
  for (const id of inService(plane, colour)) {
    const ip = plane.world.ec2.instances.get(id)?.PrivateIpAddress ?? ''
    if (!answering.has(id)) answering.set(id, await plane.startPod(ip, { cluster: colour, port: nodePort }))
  }
}

async function addNodes(colour: 'blue' | 'green', size: number, more: object = {}) {
  await addAutoScalingGroup(plane, colour, size, more)
  await serve(colour, size)
}

const states = async (arn: string) => Object.values(await healthOf(plane.world, arn))
const allHealthy = (arn: string, count: number) =>
  until(
    `${count} targets are healthy`,
    async () => (await states(arn)).filter((it) => it === 'healthy').length === count,
  )
const stateOf = async (group: string) =>
  (await plane.aws('DescribeLoadBalancerTargetGroups', { AutoScalingGroupName: group })).LoadBalancerTargetGroups.map(
    ({ State }: any) => State,
  )
const attachment = (group: string, arn: string) => ({ AutoScalingGroupName: group, TargetGroupARNs: [arn] })

const shares = async (requests: number) => {
  const seen: Record<string, number> = {}
  for (let sent = 0; sent < requests; sent++) {
    const { json } = await plane.ask()
    seen[json.cluster] = (seen[json.cluster] ?? 0) + 1
  }
  return seen
}

describe('a target group that is attached', () => {
  test('gets all instances of the group, and is in service when one of them is healthy', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 2)
    await plane.aws('AttachLoadBalancerTargetGroups', attachment('blue', arn))
    expect(await stateOf('blue')).toEqual(['Adding'])
    expect(await states(arn)).toEqual([])
    await until('the instances are registered', async () => (await stateOf('blue'))[0] !== 'Adding')
    expect(Object.keys(await healthOf(plane.world, arn))).toEqual(
      inService(plane, 'blue').map((id) => `${id}:${nodePort}`),
    )
    await allHealthy(arn, 2)
    await until('it is in service', async () => (await stateOf('blue'))[0] === 'InService')
    expect(await shares(4)).toEqual({ blue: 4 })
  })

  test('gets those that come later, and loses those that go, after they have drained', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 1, { TargetGroupARNs: [arn] })
    await allHealthy(arn, 1)
    await plane.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 2 })
    await serve('blue', 2)
    await allHealthy(arn, 2)
    const [first = ''] = inService(plane, 'blue')
    await plane.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 1 })
    await until('one drains', async () => (await states(arn)).includes('draining Target.DeregistrationInProgress'))
    expect(plane.world.ec2.instances.get(first)?.state).toBe('running')
    const { Activities } = await plane.aws('DescribeScalingActivities', { AutoScalingGroupName: 'blue' })
    expect(Activities[0]).toMatchObject({ StatusCode: 'WaitingForELBConnectionDraining' })
    await until('it is gone', () => Object.keys(membersOf(plane, 'blue')).length === 1)
    expect(plane.world.ec2.instances.get(first)?.state).toBe('terminated')
  })

  test('is detached when its targets have drained, and the instances live on', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 2)
    await plane.aws('AttachLoadBalancerTargetGroups', attachment('blue', arn))
    await allHealthy(arn, 2)
    await plane.aws('DetachLoadBalancerTargetGroups', attachment('blue', arn))
    expect(await stateOf('blue')).toEqual(['Removing'])
    await until('it drains', async () => (await states(arn))[0] === 'draining Target.DeregistrationInProgress')
    expect(await stateOf('blue')).toEqual(['Removing'])
    await until('it is gone', async () => (await stateOf('blue')).length === 0)
    expect(await states(arn)).toEqual([])
    expect(inService(plane, 'blue')).toHaveLength(2)
    expect(await plane.refusal('DetachLoadBalancerTargetGroups', attachment('blue', arn))).toBe(
      'ValidationError: Trying to remove Target Groups that are not part of the group',
    )
  })

  test('does not get back what somebody deregistered', async () => {
    const arn = await addTargetGroup('nodes')
    await addNodes('blue', 2, { TargetGroupARNs: [arn] })
    await until('both are registered', async () => (await states(arn)).length === 2)
    const [Id] = inService(plane, 'blue')
    await call(plane.world, 'DeregisterTargets', { TargetGroupArn: arn, Targets: [{ Id }] })
    await plane.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 3 })
    await serve('blue', 3)
    await until('the new one is registered', async () => (await states(arn)).length === 2)
    expect(Object.keys(await healthOf(plane.world, arn))).not.toContain(`${Id}:${nodePort}`)
  })

  test('gets no new instances while that is suspended', async () => {
    const arn = await addTargetGroup('nodes')
    await addNodes('blue', 1, { TargetGroupARNs: [arn] })
    await until('it is registered', async () => (await states(arn)).length === 1)
    const suspend = { AutoScalingGroupName: 'blue', ScalingProcesses: ['AddToLoadBalancer'] }
    await plane.aws('SuspendProcesses', suspend)
    await plane.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 2 })
    await serve('blue', 2)
    expect(await states(arn)).toHaveLength(1)
  })
})

describe('the two ways of moving to green', () => {
  test('a second target group, by weights', async () => {
    const [blue, green] = [await addTargetGroup('blue'), await addTargetGroup('green')]
    await addNodes('blue', 2, { TargetGroupARNs: [blue] })
    await addNodes('green', 2)
    await addListener(plane, forwardTo([blue, 100], [green, 0]))
    await plane.aws('AttachLoadBalancerTargetGroups', attachment('green', green))
    await allHealthy(blue, 2)
    await allHealthy(green, 2)
    expect(await shares(10)).toEqual({ blue: 10 })
    const [listener] = [...plane.world.elbv2.listeners.keys()]
    await call(plane.world, 'ModifyListener', {
      ListenerArn: listener,
      DefaultActions: forwardTo([blue, 30], [green, 70]),
    })
    expect(await shares(10)).toEqual({ blue: 3, green: 7 })
  })

  test('one target group with the nodes of both, by their number', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 2, { TargetGroupARNs: [arn] })
    await addNodes('green', 2)
    await plane.aws('AttachTrafficSources', {
      AutoScalingGroupName: 'green',
      TrafficSources: [{ Identifier: arn, Type: 'elbv2' }],
    })
    await allHealthy(arn, 4)
    expect(await shares(8)).toEqual({ blue: 4, green: 4 })
    const describe = { AutoScalingGroupName: 'green' }
    const { TrafficSources } = await plane.aws('DescribeTrafficSources', describe)
    expect(TrafficSources).toMatchObject([{ Identifier: arn, Type: 'elbv2' }])
    // The other family of calls knows nothing of it.
    expect(await stateOf('green')).toEqual([])
    expect(await plane.refusal('DetachLoadBalancerTargetGroups', attachment('green', arn))).toMatch(/^ValidationError/)
    await plane.aws('DetachLoadBalancerTargetGroups', attachment('blue', arn))
    await until('blue is out', async () => (await states(arn)).length === 2)
    expect(await shares(4)).toEqual({ green: 4 })
  })
})

describe('health checks of the load balancer', () => {
  const sicken = (group: string) => {
    for (const id of inService(plane, group)) {
      const pod = answering.get(id)
      if (pod) pod.healthStatus = 500
    }
  }

  test('replace an instance that fails them, after the grace period', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 1, { TargetGroupARNs: [arn], HealthCheckType: 'ELB', HealthCheckGracePeriod: 450 })
    const [sick = ''] = inService(plane, 'blue')
    sicken('blue')
    await until('it is unhealthy', async () => (await states(arn))[0]?.startsWith('unhealthy') ?? false)
    expect(membersOf(plane, 'blue')).toEqual({ [sick]: 'InService Healthy' })
    await until('it is taken out', () => membersOf(plane, 'blue')[sick] !== 'InService Healthy')
    await until('another is in service', () => inService(plane, 'blue').some((id) => id !== sick))
    const { Activities } = await plane.aws('DescribeScalingActivities', { AutoScalingGroupName: 'blue' })
    expect(Activities.map(({ Cause }: any) => Cause).join()).toContain('ELB system health check failure')
  })

  test('say nothing to a group that has EC2’s alone', async () => {
    const arn = await addTargetGroup('nodes')
    await addListener(plane, toOne(arn))
    await addNodes('blue', 1, { TargetGroupARNs: [arn] })
    const [sick = ''] = inService(plane, 'blue')
    sicken('blue')
    await until('it is unhealthy', async () => (await states(arn))[0]?.startsWith('unhealthy') ?? false)
    const checksOfSick = answering.get(sick)?.checks ?? []
    const before = checksOfSick.length
    // A group looks at its instances as often as this target group checks them.
    await until('it was checked ten times more', () => checksOfSick.length > before + 10)
    expect(membersOf(plane, 'blue')).toEqual({ [sick]: 'InService Healthy' })
  })
})
