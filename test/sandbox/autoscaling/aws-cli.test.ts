import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addGroup, addVpc, type Setting } from '../elbv2/fixture.ts'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

/** Auto Scaling and its instances, seen by a client that nobody here wrote. Each test goes on where the one before it ended. */
describe.skipIf(!hasAwsCli)('the AWS command-line client', { timeout: 60_000 }, () => {
  let wire: TestWire
  let targetGroup: string
  let subnets: string[]

  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await awsCli(wire.wire, ...words)
    expect(error).toBe('')
    return output
  }
  const refused = async (...words: string[]) => (await awsCli(wire.wire, ...words)).error.trim()
  /** Asks again until the answer is as wanted. */
  const eventually = async (wanted: string, ...words: string[]): Promise<void> => {
    const deadline = performance.now() + 20_000
    for (;;) {
      const seen = JSON.stringify(await aws(...words))
      if (seen === wanted) return
      if (performance.now() > deadline) throw new Error(`waited in vain for ${wanted}, it is ${seen}`)
    }
  }

  beforeAll(async () => {
    wire = await startTestWire()
    const vpc = await addVpc(wire.world, 0)
    subnets = vpc.subnets
    targetGroup = await addGroup({ world: wire.world, vpcId: vpc.vpcId } as Setting, 'nodes', {
      TargetType: 'instance',
      Port: 30080,
    })
  })

  afterAll(() => wire.close())

  test('makes a group from a launch template', async () => {
    const data = JSON.stringify({ ImageId: 'ami-0123456789abcdef0', InstanceType: 'm6i.large' })
    await aws('ec2', 'create-launch-template', '--launch-template-name', 'node', '--launch-template-data', data)
    await aws(
      ...['autoscaling', 'create-auto-scaling-group', '--auto-scaling-group-name', 'blue'],
      ...['--launch-template', 'LaunchTemplateName=node,Version=$Latest'],
      ...['--min-size', '2', '--max-size', '3', '--vpc-zone-identifier', subnets.join(',')],
      ...['--tags', 'Key=eks:cluster-name,Value=shop-blue,PropagateAtLaunch=true'],
    )
    await eventually(
      '["InService","InService"]',
      ...['autoscaling', 'describe-auto-scaling-groups', '--auto-scaling-group-names', 'blue'],
      ...['--query', 'AutoScalingGroups[0].Instances[].LifecycleState'],
    )
  })

  test('sees its instances', async () => {
    const found = await aws(
      ...['ec2', 'describe-instances', '--filters', 'Name=tag:eks:cluster-name,Values=shop-blue'],
      ...['--query', 'Reservations[].Instances[].[State.Name,PrivateIpAddress,Placement.AvailabilityZone]'],
    )
    expect(found).toEqual([
      ['running', '10.0.15.254', 'ap-northeast-2a'],
      ['running', '10.0.31.254', 'ap-northeast-2b'],
    ])
    const interfaces = await aws(
      ...['ec2', 'describe-network-interfaces', '--query', 'NetworkInterfaces[].[PrivateIpAddress,Status]'],
    )
    expect(interfaces).toEqual([
      ['10.0.15.254', 'in-use'],
      ['10.0.31.254', 'in-use'],
    ])
  })

  test('attaches a target group and detaches it', async () => {
    const group = ['--auto-scaling-group-name', 'blue']
    const attachment = [...group, '--target-group-arns', targetGroup]
    const states = ['--query', 'LoadBalancerTargetGroups[].State']
    await aws('autoscaling', 'attach-load-balancer-target-groups', ...attachment)
    await eventually('["Added"]', 'autoscaling', 'describe-load-balancer-target-groups', ...group, ...states)
    const health = await aws('elbv2', 'describe-target-health', '--target-group-arn', targetGroup)
    expect(health.TargetHealthDescriptions).toHaveLength(2)
    expect(health.TargetHealthDescriptions[0]).toEqual({
      Target: { Id: expect.stringMatching(/^i-[0-9a-f]{17}$/), Port: 30080 },
      HealthCheckPort: '30080',
      TargetHealth: {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      },
    })
    await aws('autoscaling', 'detach-load-balancer-target-groups', ...attachment)
    await eventually('[]', 'autoscaling', 'describe-load-balancer-target-groups', ...group, ...states)
    expect(await refused('autoscaling', 'detach-load-balancer-target-groups', ...attachment)).toBe(
      'An error occurred (ValidationError) when calling the DetachLoadBalancerTargetGroups operation: Trying to remove Target Groups that are not part of the group',
    )
  })

  test('reads the history, suspends and deletes', async () => {
    const group = ['--auto-scaling-group-name', 'blue']
    const { Activities } = await aws('autoscaling', 'describe-scaling-activities', ...group)
    expect(Activities.map(({ StatusCode }: any) => StatusCode)).toEqual(['Successful', 'Successful'])
    await aws('autoscaling', 'suspend-processes', ...group, '--scaling-processes', 'Launch')
    expect(await refused('autoscaling', 'delete-auto-scaling-group', ...group)).toBe(
      'An error occurred (ResourceInUse) when calling the DeleteAutoScalingGroup operation: You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    )
    await aws('autoscaling', 'delete-auto-scaling-group', ...group, '--force-delete')
    await eventually('[]', 'autoscaling', 'describe-auto-scaling-groups', '--query', 'AutoScalingGroups')
    expect(await refused('autoscaling', 'set-desired-capacity', ...group, '--desired-capacity', '1')).toBe(
      "An error occurred (ValidationError) when calling the SetDesiredCapacity operation: AutoScalingGroup name not found - AutoScalingGroup 'blue' not found",
    )
  })
})
