import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node'
import { startLoad, type LoadSnapshot } from '../sandbox/load.ts'
import type { ReadyFile } from '../sandbox/sandbox.ts'
import { awsClients, type AwsClients } from '../sandbox/scenarios/aws-clients.ts'
import { bindingOf } from '../sandbox/scenarios/manifests.ts'
import { createRoute } from '../sandbox/scenarios/network.ts'

const host = 'trap.example'

/** A Service behind an ALB of the scenario, in both clusters; its own traffic is left alone. */
export interface Bait {
  readonly namespace: string
  readonly name: string
}

/** What the trap did to a target group of its own. */
export interface TrapOutcome {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly traffic: LoadSnapshot
}

/**
 * The trap that the product exists to avoid: both clusters bound to one target group. Green's controller removes blue's targets,
 * because it does not know them. Shown on a target group of its own, with traffic of its own, and cleaned away.
 */
export async function springTrap(
  ready: ReadyFile,
  { namespace, name }: Bait,
  ratePerSecond: number,
): Promise<TrapOutcome> {
  const { env } = ready
  const aws = awsClients({
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  })
  const blue = clusterOf(ready.clusters.blue.kubeconfig)
  const green = clusterOf(ready.clusters.green?.kubeconfig ?? '')
  const { targetGroupArn, ruleArn } = await route(aws)
  const binding = {
    ...bindingOf(namespace, name, targetGroupArn),
    metadata: { namespace, name: 'trap' },
  } as KubernetesObject
  await blue.create(binding)
  await until(async () => (await targets(aws, targetGroupArn)).some(({ state }) => state === 'healthy'))
  const before = (await targets(aws, targetGroupArn)).map(({ id }) => id)

  const door = ready.frontDoors[name]
  const url = door && 'url' in door ? door.url : ''
  const load = startLoad({ url, headers: { host }, ratePerSecond, newConnectionShare: 0.5 })
  await sleep(500)
  await green.create(binding)
  await until(
    async () =>
      !(await targets(aws, targetGroupArn)).some(({ id, state }) => before.includes(id) && state === 'healthy'),
  )
  await until(async () => (await targets(aws, targetGroupArn)).some(({ state }) => state === 'healthy'))
  const after = (await targets(aws, targetGroupArn)).filter(({ state }) => state !== 'draining').map(({ id }) => id)
  const traffic = await load.stop()

  await aws.elbv2.send(new DeleteRuleCommand({ RuleArn: ruleArn }))
  await green.delete(binding)
  await blue.delete(binding)
  await aws.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: targetGroupArn }))
  aws.close()
  return { before, after, traffic }
}

async function route(aws: AwsClients) {
  const { LoadBalancers = [] } = await aws.elbv2.send(new DescribeLoadBalancersCommand({}))
  const loadBalancer = LoadBalancers.find(({ Type }) => Type === 'application')
  const { Listeners = [] } = await aws.elbv2.send(
    new DescribeListenersCommand({ LoadBalancerArn: loadBalancer?.LoadBalancerArn }),
  )
  const vpc = { vpcId: loadBalancer?.VpcId ?? '', subnetIds: [], loadBalancerGroup: '' }
  return createRoute(aws, vpc, Listeners[0]?.ListenerArn ?? '', { name: 'trap', host, priority: 900 })
}

async function targets(aws: AwsClients, TargetGroupArn: string) {
  const { TargetHealthDescriptions = [] } = await aws.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    id: Target?.Id ?? '',
    state: TargetHealth?.State ?? '',
  }))
}

function clusterOf(kubeconfig: string): KubernetesObjectApi {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  return KubernetesObjectApi.makeApiClient(config)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error('the trap did not do within half a minute what it always does')
}
