import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Survey } from '../../../../infra/workloads/elbv2/survey.ts'
import { Refused } from '../../../../infra/workloads/refused.ts'
import { arns } from '../alb/fixture.ts'
import { surveyed } from '../alb/surveyed.ts'

/** The refusal that a check throws; null: it throws none. */
export function refusalOf(check: () => void): Refused | null {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}

export const tagged = (arn: string, tags: Record<string, string>): Partial<Survey> => ({
  tags: new Map([...surveyed.tags, [arn, tags]]),
})

export const acting = (...actions: readonly Action[]): Partial<Survey> => ({
  described: { ...surveyed.described, actions },
})

const forwardTo = (...groups: readonly string[]): Partial<Survey> =>
  acting({
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })) },
  })

export interface Row<Surveyed extends Survey = Survey> {
  readonly change: Partial<Surveyed>
  readonly field: string
  readonly reason: RegExp
}

/** What every kind refuses that switches at a rule or a listener of an application load balancer. */
export const switchRows: Readonly<Record<string, Row>> = {
  'a rule that an Ingress made': {
    change: tagged(arns.rule, { 'ingress.k8s.aws/resource': 'listener-rule' }),
    field: 'rule',
    reason: /made by a load-balancer controller \(tag ingress\.k8s\.aws\/resource\)/,
  },
  'a load balancer that a controller made': {
    change: tagged(arns.loadBalancer, { 'elbv2.k8s.aws/cluster': 'prod-blue' }),
    field: 'rule',
    reason: /loadbalancer\/app\/shop.* made by a load-balancer controller/,
  },
  'a target group that a Service made': {
    change: tagged(arns.blue, { 'service.k8s.aws/stack': 'shop/search' }),
    field: 'rule',
    reason: /tag service\.k8s\.aws\/stack/,
  },
  'a rule of CloudFormation': {
    change: tagged(arns.rule, { 'aws:cloudformation:stack-name': 'shop' }),
    field: 'rule',
    reason: /belongs to the CloudFormation stack shop/,
  },
  'a load balancer of another type': {
    change: { loadBalancer: { ...surveyed.loadBalancer, Type: 'network' } },
    field: 'rule',
    reason: /is a network load balancer/,
  },
  'a redirect': { change: acting({ Type: 'redirect' }), field: 'rule', reason: /its action is redirect/ },
  'a fixed response': {
    change: acting({ Type: 'fixed-response' }),
    field: 'rule',
    reason: /its action is fixed-response/,
  },
  'an authenticate action before the forward': {
    change: acting({ Type: 'authenticate-oidc' }, ...surveyed.described.actions),
    field: 'rule',
    reason: /authenticate-oidc action, whose secret AWS never returns/,
  },
  'a split between two target groups': {
    change: forwardTo(arns.blue, arns.green),
    field: 'rule',
    reason: /already divides traffic between 2 target groups/,
  },
  'a forward to another group than the one named': {
    change: forwardTo(arns.green),
    field: 'blueTargetGroup',
    reason: /the rule forwards to .*green/,
  },
  'a forward whose only group gets nothing': {
    change: acting({ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: arns.blue, Weight: 0 }] } }),
    field: 'rule',
    reason: /weight 0/,
  },
  'no action at all': { change: acting(), field: 'blueTargetGroup', reason: /forwards to nothing/ },
  'a target group on another load balancer too': {
    change: {
      targetGroup: { ...surveyed.targetGroup, LoadBalancerArns: [arns.loadBalancer, `${arns.loadBalancer}2`] },
    },
    field: 'blueTargetGroup',
    reason: /used by another load balancer/,
  },
  'stickiness of the target group': {
    change: { targetGroupAttributes: { 'stickiness.enabled': 'true' } },
    field: 'blueTargetGroup',
    reason: /its stickiness is on: sticky clients ignore the weights, also on the way home/,
  },
  'stickiness of the action': {
    change: acting(
      ...surveyed.described.actions.map((action) => ({
        ...action,
        ForwardConfig: { ...action.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
      })),
    ),
    field: 'rule',
    reason: /target-group stickiness is on/,
  },
}
