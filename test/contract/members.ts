import { UpdateStageCommand, type PatchOperation } from '@aws-sdk/client-api-gateway'
import {
  CreateDeploymentCommand,
  UpdateIntegrationCommand,
  UpdateStageCommand as UpdateStageCommandV2,
} from '@aws-sdk/client-apigatewayv2'
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { ModifyListenerCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ChangeResourceRecordSetsCommand, type RRType } from '@aws-sdk/client-route-53'
import { KubeConfig, KubernetesObjectApi, type V1Service } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { attach } from '../../infra/aws/attachments.ts'
import type { Aws } from '../../infra/aws/clients.ts'
import type { Grain } from '../../infra/traffic.ts'
import type { FoundSwitch } from '../../infra/workloads/elbv2/found.ts'
import { listenersOf } from '../../infra/workloads/elbv2/network-survey.ts'
import {
  gatewayOutputs,
  type FoundHttpApi,
  type FoundRestApi,
  type GatewayFound,
} from '../../infra/workloads/nlb-api-gateway/found.ts'
import type { NodePortConfig } from '../../infra/workloads/node-port/config.ts'
import type { IngressDnsSite } from '../../infra/workloads/ingress-dns/found.ts'
import type { Site, WorkloadOutputs } from '../../infra/workloads/kind.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { inventoryText } from '../support/service.ts'

/** One way of being exposed, as the contract suite sees it: every kind, and each of its switches, is a member. */
export interface Member {
  readonly name: string
  /** The sandbox's. */
  readonly scenario: string
  /** As the kind says of the member's entry. */
  readonly grain: Grain
  /** Its load balancer leaves connections that stand where they are for as long as they are used: only new ones tell what lingers. */
  readonly pinsConnections?: true
  /** Reads of AWS that one advance may take, where it is more than usual, with the reason. */
  readonly reads?: { readonly atMost: number; readonly because: string }
  /** Where requests are asked that shall show the split, when the front door does not show it, with the reason. */
  readonly sampled?: { readonly at: (site: Site) => string; readonly because: string }
  /** The inventory for the scenario, with the member's own entry for the workload; the switch point may have to be made first. */
  inventory(sandbox: Sandbox): Promise<MemberInventory>
  /** Changes who gets the traffic, past the service, as somebody else might; a flip home undoes it. */
  meddle(site: Site, aws: Aws): Promise<void>
  /** The entry of a migration in the opposite direction, after this one was released with these outputs. */
  opposite(entry: object, outputs: WorkloadOutputs, sandbox: Sandbox): Promise<object> | object
}

export interface MemberInventory {
  readonly document: {
    migration: string
    blue: object
    green: object
    workloads: Record<string, Record<string, unknown>>
  } & Record<string, unknown>
  readonly workload: string
}

async function baseInventory(sandbox: Sandbox): Promise<MemberInventory['document']> {
  return parse(await inventoryText(sandbox)) as MemberInventory['document']
}

/** Blue's group alone, with another weight than it was found with. */
async function meddleWithWeights({ found }: Site, { elbv2 }: Aws): Promise<void> {
  const { switchPoint, blueTargetGroup } = found as FoundSwitch
  const forward = { TargetGroups: [{ TargetGroupArn: blueTargetGroup.arn, Weight: 7 }] }
  const actions = [{ Type: 'forward' as const, Order: 1, ForwardConfig: forward }]
  if (switchPoint.type === 'rule') {
    await elbv2.send(new ModifyRuleCommand({ RuleArn: switchPoint.arn, Actions: actions }))
  } else {
    await elbv2.send(new ModifyListenerCommand({ ListenerArn: switchPoint.arn, DefaultActions: actions }))
  }
}

/** What was green's target group is blue's in the next migration. */
const oppositeGroup = (entry: object, { targetGroups }: WorkloadOutputs): object => ({
  ...entry,
  blueTargetGroup: targetGroups.green,
})

export const albRule: Member = {
  name: 'alb, a rule',
  scenario: 'small',
  grain: 'percent',
  meddle: meddleWithWeights,
  opposite: oppositeGroup,
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'search' }),
}

/** The same workload behind the listener's default action instead of a rule of its own. */
export const albListener: Member = {
  name: "alb, a listener's default action",
  scenario: 'small',
  grain: 'percent',
  meddle: meddleWithWeights,
  opposite: oppositeGroup,
  inventory: async (sandbox) => {
    const document = await baseInventory(sandbox)
    const { rule, blueTargetGroup, probe, ...entry } = document.workloads['search'] ?? {}
    const listener = String(rule)
      .replace(':listener-rule/', ':listener/')
      .replace(/\/[^/]+$/, '')
    const forward = { Type: 'forward' as const, TargetGroupArn: String(blueTargetGroup) }
    await sandbox.aws.elbv2.send(new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: [forward] }))
    const door = { ...(probe as object), headers: { host: 'nobody.shop.example' } }
    document.workloads['search'] = { ...entry, listener, blueTargetGroup, probe: door }
    return { document, workload: 'search' }
  },
}

export const nodePortRule: Member = {
  name: 'node-port, a rule',
  scenario: 'node-ports',
  grain: 'percent',
  meddle: meddleWithWeights,
  opposite: (entry, outputs, sandbox) => oppositeNodes(() => nodePortRule)(entry, outputs, sandbox),
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'checkout' }),
}

/** Back again with the nodes that were blue's, and what else the entry says of green's. */
const oppositeNodes =
  (member: () => Member): Member['opposite'] =>
  async (entry, outputs, sandbox) => {
    const { document } = await member().inventory(sandbox)
    const nodes = await nodesOf(String((document.blue as { cluster: string }).cluster), sandbox)
    return { ...oppositeGroup(entry, outputs), greenNodes: nodes }
  }

export const nodePortListener: Member = {
  name: "node-port, an NLB's listener",
  scenario: 'weighed-nodes',
  grain: 'percent',
  pinsConnections: true,
  meddle: meddleWithWeights,
  opposite: oppositeNodes(() => nodePortListener),
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'stream' }),
}

/** Green's nodes in the group that blue's share with nobody yet. */
async function meddleWithNodes({ config, found }: Site, aws: Aws): Promise<void> {
  const { greenNodes } = config as NodePortConfig
  const targetGroupArn = (found as FoundSwitch).blueTargetGroup.arn
  const attaching = (greenNodes?.autoScalingGroups ?? []).map((autoScalingGroup) =>
    attach({ autoScalingGroup, targetGroupArn, as: 'target-group' }, aws),
  )
  await Promise.all(attaching)
}

export const nodePortShared: Member = {
  name: "node-port shared, an NLB's listener",
  reads: { atMost: 280, because: 'an advance waits the minutes that an NLB takes, and is watched meanwhile' },
  scenario: 'shared-nodes',
  grain: 'by-targets',
  pinsConnections: true,
  meddle: meddleWithNodes,
  opposite: oppositeNodes(() => nodePortShared),
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'stream' }),
}

/** The same behind an ALB, on a node port that green was made to have as well. */
export const nodePortSharedRule: Member = {
  ...nodePortShared,
  name: "node-port shared, an ALB's rule",
  scenario: 'node-ports',
  opposite: oppositeNodes(() => nodePortSharedRule),
  inventory: async (sandbox) => {
    const document = await baseInventory(sandbox)
    await pinNodePort(sandbox, { namespace: 'shop', name: 'checkout' }, 30_080)
    document.workloads['checkout'] = { ...document.workloads['checkout'], strategy: 'shared' }
    return { document, workload: 'checkout' }
  },
}

/** As green's team does it, in its Service. */
async function pinNodePort({ clusters }: Sandbox, metadata: { namespace: string; name: string }, nodePort: number) {
  const config = new KubeConfig()
  config.loadFromString(clusters.green?.kubeconfig ?? '')
  const objects = KubernetesObjectApi.makeApiClient(config)
  const service = await objects.read<V1Service>({ apiVersion: 'v1', kind: 'Service', metadata })
  for (const port of service.spec?.ports ?? []) port.nodePort = nodePort
  await objects.replace(service)
}

/** The scenario names a cluster's auto-scaling group and its security group alike. */
async function nodesOf(cluster: string, { aws }: Sandbox) {
  const name = `${cluster}-nodes`
  const Filters = [{ Name: 'group-name', Values: [name] }]
  const { SecurityGroups = [] } = await aws.ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
  return { autoScalingGroups: [name], securityGroup: SecurityGroups[0]?.GroupId }
}

/** Its A record alone leads to green. */
async function meddleWithRecord(site: Site, aws: Aws): Promise<void> {
  const { config, found } = site as unknown as IngressDnsSite
  const { green } = found.loadBalancers
  const set = (type: RRType) =>
    type === 'CNAME'
      ? { TTL: 300, ResourceRecords: [{ Value: green.dnsName }] }
      : { AliasTarget: { HostedZoneId: green.zoneId, DNSName: green.dnsName, EvaluateTargetHealth: false } }
  const type = found.records[0]?.type ?? 'A'
  const change = { Action: 'UPSERT', ResourceRecordSet: { Name: config.record, Type: type, ...set(type) } } as const
  const client = await aws.route53()
  const input = { HostedZoneId: config.zone, ChangeBatch: { Changes: [change] } }
  await client.send(new ChangeResourceRecordSetsCommand(input))
}

/** What was green's load balancer is blue's in the next migration. */
const oppositeLoadBalancers = (entry: object): object => {
  const { blueLoadBalancer, greenLoadBalancer } = entry as Record<string, unknown>
  return { ...entry, blueLoadBalancer: greenLoadBalancer, greenLoadBalancer: blueLoadBalancer }
}

const ingressDnsMember = (name: string, workload: string): Member => ({
  name,
  scenario: 'ingress-dns',
  grain: 'percent',
  meddle: meddleWithRecord,
  opposite: oppositeLoadBalancers,
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload }),
})

/** With its AAAA twin. */
export const ingressDnsAlias = ingressDnsMember('ingress-dns, an alias', 'api')
export const ingressDnsCname = ingressDnsMember('ingress-dns, a CNAME', 'console')
/** Half of the requests by a canary of somebody else's. */
async function meddleWithCanary({ found }: Site, aws: Aws): Promise<void> {
  const { id: restApiId, stage: stageName, deployment } = (found as GatewayFound).api as FoundRestApi
  const patchOperations: PatchOperation[] = [
    { op: 'replace', path: '/canarySettings/deploymentId', value: deployment },
    { op: 'replace', path: '/canarySettings/percentTraffic', value: '50' },
  ]
  await (await aws.apiGateway()).send(new UpdateStageCommand({ restApiId, stageName, patchOperations }))
}

/** What was green's listener is blue's in the next migration; the old one stays, so that the next green needs another port. */
const oppositeListener = (entry: object, outputs: WorkloadOutputs): object => ({
  ...oppositeGroup(entry, outputs),
  listener: gatewayOutputs(outputs)?.greenListener,
  greenPort: 9443,
})

export const restPort: Member = {
  name: "nlb-api-gateway, a REST API's integration port",
  scenario: 'api-gateway',
  grain: 'all-or-nothing',
  meddle: meddleWithCanary,
  opposite: oppositeListener,
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'lens' }),
}

export const stageVariable: Member = {
  ...restPort,
  name: "nlb-api-gateway, a REST API's stage variable",
  grain: 'percent',
  inventory: async (sandbox) => {
    const document = await baseInventory(sandbox)
    const entry = { ...document.workloads['lens'], switch: 'stage-variable', stageVariable: 'backend' }
    return { document: { ...document, workloads: { lens: entry } }, workload: 'lens' }
  },
}

/** Its stage deploys by itself. */
export const httpUri: Member = {
  name: "nlb-api-gateway, an HTTP API's integration",
  scenario: 'api-gateway',
  grain: 'all-or-nothing',
  opposite: oppositeListener,
  meddle: async ({ found }, aws) => {
    const { id: ApiId, integrations } = (found as GatewayFound).api as FoundHttpApi
    const listeners = await listenersOf((found as GatewayFound).loadBalancer.arn, aws)
    const other = listeners.find(({ ListenerArn }) => ListenerArn !== (found as GatewayFound).listener.arn)
    const [own] = integrations
    const change = { ApiId, IntegrationId: own?.integration, IntegrationUri: other?.ListenerArn }
    await (await aws.apiGatewayV2()).send(new UpdateIntegrationCommand(change))
  },
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'trend' }),
}

/** The same with a stage that is deployed by hand. */
export const httpDeployed: Member = {
  ...httpUri,
  name: "nlb-api-gateway, an HTTP API's integration and a stage that is deployed by hand",
  inventory: async (sandbox) => {
    const document = await baseInventory(sandbox)
    const { api: ApiId, stage: StageName } = document.workloads['trend'] as { api: string; stage: string }
    const { httpApis } = sandbox.aws
    await httpApis.send(new UpdateStageCommandV2({ ApiId, StageName, AutoDeploy: false }))
    return { document, workload: 'trend' }
  },
  /** A release that leads to the other listener; the working API is then as it was. */
  meddle: async (site, aws) => {
    await httpUri.meddle(site, aws)
    const { id: ApiId, stage: StageName, integrations } = (site.found as GatewayFound).api as FoundHttpApi
    const client = await aws.apiGatewayV2()
    await client.send(new CreateDeploymentCommand({ ApiId, StageName }))
    const [own] = integrations
    const back = { ApiId, IntegrationId: own?.integration, IntegrationUri: own?.uri }
    await client.send(new UpdateIntegrationCommand(back))
  },
}

/** API Gateway goes on asking over connections that it has: what its clients see is an older split, for a while. */
export const listenerWeights: Member = {
  name: 'nlb-api-gateway, the weights of its listener',
  scenario: 'weighed-apis',
  grain: 'percent',
  sampled: {
    at: ({ found }) => {
      const { loadBalancer, listener } = found as GatewayFound
      return `http://${loadBalancer.dnsName}:${listener.port}/products`
    },
    because: 'weights are for new connections, and API Gateway keeps some to the load balancer',
  },
  meddle: meddleWithWeights,
  opposite: oppositeGroup,
  inventory: async (sandbox) => ({ document: await baseInventory(sandbox), workload: 'lens' }),
}
