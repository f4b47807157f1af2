import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import type { Entry } from '../entry.ts'
import { Refused } from '../refused.ts'
import { switchPointOf, type SwitchPointConfig } from './config.ts'
import { describeSwitchPoint, isNotFound, rulesOf, tagsOf, type Described } from './describe.ts'
import type { FoundSwitch } from './found.ts'
import { flowIdleSeconds, surveyNetwork, type NetworkSurvey } from './network-survey.ts'

/** What an entry says of its switch point and of blue's side of it. */
export type SurveyConfig = SwitchPointConfig & {
  readonly blueTargetGroup: string
  /** Of a network load balancer: where green's own listener shall be; without, the next port that is free. */
  readonly testPort?: number | undefined
} & Pick<Entry, 'managedElsewhere'>

/** Everything of AWS's that surrounds a switch point, read before anything is decided. */
export interface Survey {
  readonly config: SurveyConfig
  readonly switchPoint: FoundSwitch['switchPoint']
  readonly described: Described
  readonly listener: Listener
  /** Every rule of the listener. */
  readonly rules: readonly Rule[]
  /** undefined: the switch point is the listener's default action. */
  readonly rule: Rule | undefined
  readonly loadBalancer: LoadBalancer
  readonly idleTimeoutSeconds: number
  /** Of the load balancer: each of its zones sends to the targets of all. A target group may say otherwise. */
  readonly crossZone: boolean
  /** null: it is no network load balancer. */
  readonly network: NetworkSurvey | null
  readonly targetGroup: TargetGroup
  readonly targetGroupAttributes: Readonly<Record<string, string>>
  /** Tags of the switch point, the listener, the load balancer and blue's target group, by ARN. */
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>
}

/** Throws Refused when something that the entry names is not there. */
export async function survey(config: SurveyConfig, aws: Aws): Promise<Survey> {
  const switchPoint = switchPointOf(config)
  const described = await describeSwitchPoint(switchPoint, aws)
  if (!described)
    throw new Refused(switchPoint.type, `${switchPoint.arn} does not exist`, 'Check the ARN and the region.')

  const listenerArn = listenerArnOf(switchPoint.arn)
  const [listener, rules, targetGroup] = await Promise.all([
    readListener(listenerArn, aws),
    rulesOf(listenerArn, aws),
    readTargetGroup(config.blueTargetGroup, aws),
  ])
  const rule = rules.find(({ RuleArn }) => RuleArn === switchPoint.arn)
  if (rule?.IsDefault) {
    throw new Refused(
      'rule',
      'it is the default rule of a listener',
      `Name the listener instead: listener: ${listenerArn}`,
    )
  }
  const loadBalancerArn = listener.LoadBalancerArn ?? ''
  const network = loadBalancerArn.includes(':loadbalancer/net/')
  const [loadBalancer, ofLoadBalancer, ofNetwork, flowSeconds, targetGroupAttributes, tags] = await Promise.all([
    readLoadBalancer(loadBalancerArn, aws),
    readLoadBalancerAttributes(loadBalancerArn, aws),
    network ? surveyNetwork(loadBalancerArn, aws) : null,
    network ? flowIdleSeconds(listener, aws) : null,
    readAttributes(config.blueTargetGroup, aws),
    tagsOf([...new Set([switchPoint.arn, listenerArn, loadBalancerArn, config.blueTargetGroup])], aws),
  ])
  return {
    config,
    switchPoint,
    described,
    listener,
    rules,
    rule,
    loadBalancer,
    idleTimeoutSeconds: flowSeconds ?? Number(ofLoadBalancer['idle_timeout.timeout_seconds'] ?? 60),
    // always on where it cannot be said: application load balancers
    crossZone: (ofLoadBalancer['load_balancing.cross_zone.enabled'] ?? String(!network)) === 'true',
    network: ofNetwork,
    targetGroup,
    targetGroupAttributes,
    tags,
  }
}

/** …:listener-rule/app/NAME/LB/LISTENER/RULE belongs to …:listener/app/NAME/LB/LISTENER */
const listenerArnOf = (arn: string): string =>
  arn.includes(':listener-rule/') ? arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '') : arn

async function readListener(arn: string, aws: Aws) {
  const answer = await aws.elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] }))
  const [listener] = answer.Listeners ?? []
  if (!listener) throw new Refused('listener', `${arn} does not exist`, 'Check the ARN and the region.')
  return listener
}

async function readTargetGroup(arn: string, aws: Aws): Promise<TargetGroup> {
  try {
    const answer = await aws.elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))
    const [group] = answer.TargetGroups ?? []
    if (group) return group
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  throw new Refused('blueTargetGroup', `${arn} does not exist`, 'Check the ARN and the region.')
}

async function readLoadBalancer(arn: string, aws: Aws) {
  const answer = await aws.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))
  return answer.LoadBalancers?.[0] ?? {}
}

async function readLoadBalancerAttributes(arn: string, aws: Aws): Promise<Record<string, string>> {
  const answer = await aws.elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))
  return byKey(answer.Attributes)
}

async function readAttributes(targetGroup: string, aws: Aws): Promise<Record<string, string>> {
  const answer = await aws.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroup }))
  return byKey(answer.Attributes)
}

const byKey = (pairs: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) =>
  Object.fromEntries(pairs.map(({ Key, Value }) => [Key ?? '', Value ?? '']))
