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

/** What an entry says of its switch point and of blue's side of it. */
export type SurveyConfig = SwitchPointConfig & { readonly blueTargetGroup: string } & Pick<Entry, 'managedElsewhere'>

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
  const [loadBalancer, idleTimeoutSeconds, targetGroupAttributes, tags] = await Promise.all([
    readLoadBalancer(loadBalancerArn, aws),
    readIdleTimeout(loadBalancerArn, aws),
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
    idleTimeoutSeconds,
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

async function readIdleTimeout(arn: string, aws: Aws): Promise<number> {
  const answer = await aws.elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))
  const found = answer.Attributes?.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')
  return Number(found?.Value ?? 60)
}

async function readAttributes(targetGroup: string, aws: Aws): Promise<Record<string, string>> {
  const answer = await aws.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroup }))
  return Object.fromEntries((answer.Attributes ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
}
