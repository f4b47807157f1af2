import {
  CreateTargetGroupCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { bindingOf, create } from '../manifests.ts'
import { createRoute, urlOf } from '../network.ts'
import type { Exposed, Ground } from './ground.ts'
import { marker, namespace, serviceOf, type ServiceName } from './services.ts'

const host = 'search.omnious.example'
const policy = { steps: [10, 50, 100], bake: '1m', soak: '2m' } as const

/** Pods behind the company's ALB: search by a rule, home by the default action of the listener. */
export async function exposeByAlb(ground: Ground, alb: { arn: string; listenerArn: string }): Promise<Exposed> {
  const { aws, vpc, network, blue, deployed } = ground
  const idle = { Key: 'idle_timeout.timeout_seconds', Value: '60' }
  const [search, home] = await Promise.all([
    createRoute(aws, vpc, alb.listenerArn, { name: 'search', host, priority: 10 }),
    createHome(ground, alb.listenerArn),
    aws.elbv2.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: alb.arn, Attributes: [idle] })),
  ])
  await deployed
  await create(blue, [
    bindingOf(namespace, 'search', search.targetGroupArn),
    bindingOf(namespace, 'home', home.targetGroupArn),
  ])
  const url = await urlOf(network, alb.arn)
  const doors = { search: { url, headers: { host } }, home: { url, headers: { host: 'www.omnious.example' } } }
  const entryOf = (name: ServiceName & keyof typeof doors, blueTargetGroup: string) => ({
    kind: 'alb',
    blueTargetGroup,
    service: serviceOf(name),
    probe: { ...doors[name], expect: [200], marker },
    ...policy,
  })
  return {
    entries: {
      search: { rule: search.ruleArn, ...entryOf('search', search.targetGroupArn) },
      home: { listener: alb.listenerArn, ...entryOf('home', home.targetGroupArn) },
    },
    frontDoors: doors,
    targetGroups: [search.targetGroupArn, home.targetGroupArn],
  }
}

/** Everything that no rule wants. */
async function createHome({ aws: { elbv2 }, vpc }: Ground, listenerArn: string) {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'home',
      VpcId: vpc.vpcId,
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckPath: '/healthz',
      HealthCheckIntervalSeconds: 15,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  )
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '120' }
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [delay] }))
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }]
  await elbv2.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions }))
  return { targetGroupArn: TargetGroupArn }
}
