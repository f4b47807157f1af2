import { GetDeploymentsCommand, GetRestApisCommand, GetStagesCommand } from '@aws-sdk/client-api-gateway'
import {
  GetApisCommand,
  GetDeploymentsCommand as GetDeploymentsCommandV2,
  GetStagesCommand as GetStagesCommandV2,
} from '@aws-sdk/client-apigatewayv2'
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeSecurityGroupRulesCommand } from '@aws-sdk/client-ec2'
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** Everything that any kind makes in AWS, a line each: what was made and is left over stands out by comparison. */
export async function footprintOf({ aws }: Pick<Sandbox, 'aws'>): Promise<readonly string[]> {
  const parts = await Promise.all([ofLoadBalancers(aws), ofNodes(aws), ofApis(aws), ofZones(aws)])
  return parts.flat().sort()
}

async function ofLoadBalancers({ elbv2 }: Sandbox['aws']): Promise<string[]> {
  const { TargetGroups = [] } = await elbv2.send(new DescribeTargetGroupsCommand({}))
  const { LoadBalancers = [] } = await elbv2.send(new DescribeLoadBalancersCommand({}))
  const listeners = await Promise.all(
    LoadBalancers.map(async ({ LoadBalancerArn }) => {
      const { Listeners = [] } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }))
      return Listeners.map(({ ListenerArn }) => ListenerArn ?? '')
    }),
  )
  const rules = await Promise.all(
    listeners.flat().map(async (ListenerArn) => {
      const { Rules = [] } = await elbv2.send(new DescribeRulesCommand({ ListenerArn }))
      return Rules.map(({ RuleArn, Actions }) => `${RuleArn} ${JSON.stringify(Actions)}`)
    }),
  )
  return [...TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn ?? ''), ...listeners.flat(), ...rules.flat()]
}

async function ofNodes({ ec2, autoScaling }: Sandbox['aws']): Promise<string[]> {
  const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({}))
  const { AutoScalingGroups = [] } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
  return [
    ...SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? ''),
    ...AutoScalingGroups.map(
      (one) => `${one.AutoScalingGroupName} in ${(one.TargetGroupARNs ?? []).sort().join(', ')}`,
    ),
  ]
}

async function ofApis({ restApis, httpApis }: Sandbox['aws']): Promise<string[]> {
  const { items: rest = [] } = await restApis.send(new GetRestApisCommand({}))
  const { Items: http = [] } = await httpApis.send(new GetApisCommand({}))
  const ofRest = rest.map(async ({ id: restApiId }) => {
    const { items: deployments = [] } = await restApis.send(new GetDeploymentsCommand({ restApiId }))
    const { item: stages = [] } = await restApis.send(new GetStagesCommand({ restApiId }))
    return [
      ...deployments.map(({ id }) => `${restApiId} deployment ${id}`),
      ...stages.map((one) => `${restApiId} stage ${one.stageName} of ${one.deploymentId}`),
    ]
  })
  const ofHttp = http.map(async ({ ApiId }) => {
    const { Items: stages = [] } = await httpApis.send(new GetStagesCommandV2({ ApiId }))
    // an API that deploys itself makes one of every change, and keeps it
    if (stages.some(({ AutoDeploy }) => AutoDeploy)) return []
    const { Items = [] } = await httpApis.send(new GetDeploymentsCommandV2({ ApiId }))
    return Items.map(({ DeploymentId }) => `${ApiId} deployment ${DeploymentId}`)
  })
  return (await Promise.all([...ofRest, ...ofHttp])).flat()
}

async function ofZones({ route53 }: Sandbox['aws']): Promise<string[]> {
  const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}))
  const sets = HostedZones.map(async ({ Id: HostedZoneId }) => {
    const { ResourceRecordSets = [] } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))
    return ResourceRecordSets.map((set) => JSON.stringify(set))
  })
  return (await Promise.all(sets)).flat()
}
