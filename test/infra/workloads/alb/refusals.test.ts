import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { refuseWhatCannotMove, type Surveyed } from '../../../../infra/workloads/alb/refusals.ts'
import { Refused } from '../../../../infra/workloads/refused.ts'
import type { Binding } from '../../../../infra/kubernetes/reads.ts'
import { arns } from './fixture.ts'
import { surveyed } from './surveyed.ts'

const refusalOf = (one: Surveyed): Refused | null => {
  try {
    refuseWhatCannotMove(one)
    return null
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}

const tagged = (arn: string, tags: Record<string, string>): Partial<Surveyed> => ({
  tags: new Map([...surveyed.tags, [arn, tags]]),
})

const acting = (...actions: readonly Action[]): Partial<Surveyed> => ({
  described: { ...surveyed.described, actions },
})

const forwardTo = (...groups: readonly string[]): Partial<Surveyed> =>
  acting({
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })) },
  })

const [bound] = surveyed.bindings.blue as readonly [Binding]
const boundBy = (blue: readonly Binding[], green: readonly Binding[] = []): Partial<Surveyed> => ({
  bindings: { blue, green },
})

interface Row {
  readonly change: Partial<Surveyed>
  readonly field: 'rule' | 'blueTargetGroup'
  readonly reason: RegExp
}

const rows: Readonly<Record<string, Row>> = {
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
  'targets that are instances': {
    change: { targetGroup: { ...surveyed.targetGroup, TargetType: 'instance' } },
    field: 'blueTargetGroup',
    reason: /targets are of type instance/,
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
  'a target group that blue does not bind': {
    change: boundBy([{ ...bound, targetGroupArn: arns.green }]),
    field: 'blueTargetGroup',
    reason: /no TargetGroupBinding in blue names it/,
  },
  'a binding that a controller made': {
    change: boundBy([{ ...bound, labels: { 'ingress.k8s.aws/stack-name': 'shop' } }]),
    field: 'blueTargetGroup',
    reason: /shop\/search was made by the load-balancer controller/,
  },
  'a target group that green binds as well': {
    change: boundBy([bound], [{ ...bound, name: 'stranger' }]),
    field: 'blueTargetGroup',
    reason: /green binds it as well \(shop\/stranger\)/,
  },
  'a target group that only one of two clusters binds in multi-cluster mode': {
    change: boundBy([bound], [{ ...bound, multiCluster: true }]),
    field: 'blueTargetGroup',
    reason: /green binds it as well/,
  },
}

describe('what cannot move', () => {
  it('is not said of a rule that forwards to one target group of its own, bound by blue alone', () => {
    expect(refusalOf(surveyed)).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf({ ...surveyed, ...change })
    expect(refusal?.field).toBe(field)
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.wayOut).not.toBe('')
  })

  it('names the listener where that is the switch point', () => {
    expect(
      refusalOf({ ...surveyed, ...acting({ Type: 'redirect' }), switchPoint: { type: 'listener', arn: arns.listener } })
        ?.field,
    ).toBe('listener')
  })
})

describe('what can move all the same', () => {
  const fine: Readonly<Record<string, Partial<Surveyed>>> = {
    'a rule of CloudFormation that is frozen': {
      ...tagged(arns.rule, { 'aws:cloudformation:stack-name': 'shop' }),
      config: { ...surveyed.config, managedElsewhere: 'paused' },
    },
    'the short form of a forward': acting({ Type: 'forward', TargetGroupArn: arns.blue }),
    'a target group that both bind in multi-cluster mode': boundBy(
      [{ ...bound, multiCluster: true }],
      [{ ...bound, multiCluster: true }],
    ),
    "green's binding of another group": boundBy([bound], [{ ...bound, targetGroupArn: arns.green }]),
    "somebody else's tags": tagged(arns.rule, { team: 'shop', 'kubernetes.io/cluster/prod-blue': 'owned' }),
  }

  it.each(Object.entries(fine))('%s', (_what, change) => {
    expect(refusalOf({ ...surveyed, ...change })).toBeNull()
  })
})
