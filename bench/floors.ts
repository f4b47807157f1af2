import {
  GetStageCommand,
  UpdateStageCommand,
  type GetStageCommandOutput,
  type PatchOperation,
} from '@aws-sdk/client-api-gateway'
import {
  ExportApiCommand,
  GetStageCommand as GetHttpStageCommand,
  UpdateIntegrationCommand,
  UpdateStageCommand as UpdateHttpStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import {
  AttachLoadBalancerTargetGroupsCommand,
  DescribeLoadBalancerTargetGroupsCommand,
  DetachLoadBalancerTargetGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import type { Aws } from '../infra/aws/clients.ts'
import { plainName } from '../infra/aws/route53.ts'
import type { FoundSwitch } from '../infra/workloads/elbv2/found.ts'
import type { IngressDnsSite } from '../infra/workloads/ingress-dns/found.ts'
import type { Site } from '../infra/workloads/kind.ts'
import type { ApiSite, FoundHttpApi, FoundRestApi } from '../infra/workloads/nlb-api-gateway/found.ts'
import type { NodePortSite } from '../infra/workloads/node-port/found.ts'
import { attachmentsOf } from '../infra/workloads/node-port/shared/sharing.ts'

/** One direct call. It writes what is there, so that it changes nothing. */
export interface Call {
  readonly operation: string
  make(): Promise<unknown>
}

/**
 * The fewest calls, one after the other, with which a person who takes care brings one kind of switch home and sees that it is:
 * what has to be looked at before it may be written, the write, and one read. For a workload that is home already.
 */
export type Floor = (site: Site, aws: Aws) => Promise<readonly Call[]>

export async function inTurn(calls: readonly Call[]): Promise<void> {
  for (const one of calls) await one.make()
}

const call = (operation: string, make: () => Promise<unknown>): Call => ({ operation, make })

/** A rule or a listener that weighs. */
export const weights: Floor = async (site, { elbv2 }) => {
  const { arn, type } = (site.found as FoundSwitch).switchPoint
  if (type === 'rule') {
    const read = () => elbv2.send(new DescribeRulesCommand({ RuleArns: [arn] }))
    const { Rules = [] } = await read()
    const write = new ModifyRuleCommand({ RuleArn: arn, Actions: Rules[0]?.Actions })
    return [call('ModifyRule', () => elbv2.send(write)), call('DescribeRules', read)]
  }
  const read = () => elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] }))
  const { Listeners = [] } = await read()
  const write = new ModifyListenerCommand({ ListenerArn: arn, DefaultActions: Listeners[0]?.DefaultActions })
  return [call('ModifyListener', () => elbv2.send(write)), call('DescribeListeners', read)]
}

/** Blue's nodes have to be in the group, and healthy, before green's may leave it. */
export const sharedGroup: Floor = async (site, aws) => {
  const client = await aws.autoScaling()
  const [blue, green] = (['blue', 'green'] as const).map((colour) => attachmentsOf(site as NodePortSite, colour)[0])
  const TargetGroupArn = blue?.targetGroupArn
  const of = (group: typeof blue) => ({
    AutoScalingGroupName: group?.autoScalingGroup,
    TargetGroupARNs: [TargetGroupArn ?? ''],
  })
  const notThere = () => undefined
  return [
    call('AttachLoadBalancerTargetGroups', () => client.send(new AttachLoadBalancerTargetGroupsCommand(of(blue)))),
    call('DescribeTargetHealth', () => aws.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
    call('DetachLoadBalancerTargetGroups', () =>
      client.send(new DetachLoadBalancerTargetGroupsCommand(of(green))).catch(notThere),
    ),
    call('DescribeLoadBalancerTargetGroups', () =>
      client.send(new DescribeLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: green?.autoScalingGroup ?? '' })),
    ),
  ]
}

/** All records of a name in one batch. */
export const records: Floor = async (site, aws) => {
  const { zone, record } = (site as unknown as IngressDnsSite).config
  const client = await aws.route53()
  const input = { HostedZoneId: zone, StartRecordName: record, MaxItems: 300 }
  const read = () => client.send(new ListResourceRecordSetsCommand(input))
  const sets = ((await read()).ResourceRecordSets ?? []).filter(({ Name }) => plainName(Name) === record)
  const Changes = sets.map((ResourceRecordSet) => ({ Action: 'UPSERT' as const, ResourceRecordSet }))
  const write = new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } })
  return [call('ChangeResourceRecordSets', () => client.send(write)), call('ListResourceRecordSets', read)]
}

/** The stage is looked at first: AWS refuses to remove a canary that is not there, and a release of the team's is not to be undone. */
const restStage =
  (patchOf: (stage: GetStageCommandOutput, api: FoundRestApi) => Omit<PatchOperation, 'op'>): Floor =>
  async (site, aws) => {
    const { api } = (site as unknown as ApiSite<FoundRestApi>).found
    const client = await aws.apiGateway()
    const at = { restApiId: api.id, stageName: api.stage }
    const read = () => client.send(new GetStageCommand(at))
    const patch = { op: 'replace' as const, ...patchOf(await read(), api) }
    const write = new UpdateStageCommand({ ...at, patchOperations: [patch] })
    return [call('GetStage', read), call('UpdateStage', () => client.send(write)), call('GetStage', read)]
  }

export const restDeployment = restStage(({ deploymentId }) => ({ path: '/deploymentId', value: deploymentId }))

export const restVariable = restStage(({ variables }, { variable }) => {
  const name = variable?.name ?? ''
  return { path: `/variables/${name}`, value: variables?.[name] }
})

/** Live as soon as it is written; what the stage serves is read, not the working API. */
export const httpIntegration: Floor = async (site, aws) => {
  const { api } = (site as unknown as ApiSite<FoundHttpApi>).found
  const client = await aws.apiGatewayV2()
  const [{ integration: IntegrationId, uri: IntegrationUri } = { integration: '', uri: '' }] = api.integrations
  const write = new UpdateIntegrationCommand({ ApiId: api.id, IntegrationId, IntegrationUri })
  const read = new ExportApiCommand({
    ApiId: api.id,
    StageName: api.stage,
    Specification: 'OAS30',
    OutputType: 'JSON',
    IncludeExtensions: true,
  })
  return [call('UpdateIntegration', () => client.send(write)), call('ExportApi', () => client.send(read))]
}

/** As with a REST API's deployments. */
export const httpDeployment: Floor = async (site, aws) => {
  const { api } = (site as unknown as ApiSite<FoundHttpApi>).found
  const client = await aws.apiGatewayV2()
  const at = { ApiId: api.id, StageName: api.stage }
  const read = () => client.send(new GetHttpStageCommand(at))
  const { DeploymentId } = await read()
  const write = new UpdateHttpStageCommand({ ...at, DeploymentId })
  return [call('GetStage', read), call('UpdateStage', () => client.send(write)), call('GetStage', read)]
}
