import {
  listenerArn,
  listenersArn,
  loadBalancerArn,
  ourTargetGroupsArn,
  rulesArn,
  securityGroupArn,
  securityGroupRulesArn,
} from '../../policies/arns.ts'
import type { Grant, PolicyScope } from '../../policies/grant.ts'
import { afterDeath, officialAlone, ours, taggedAsOurs } from '../../policies/ours.ts'
import { switchPointOf, type SwitchPointConfig } from './config.ts'
import type { PodIngress } from './pod-ingress.ts'

/** Rights at load balancers, of the service's own calls and of the plugin's. */
export interface Grants {
  readonly service: readonly Grant[]
  readonly plugins: readonly Grant[]
}

const elb = (names: readonly string[]): string[] => names.map((name) => `elasticloadbalancing:${name}`)

export const isNetwork = (arn: string): boolean => /:(listener|loadbalancer)\/net\//.test(arn)

/** AWS knows no resources of any Describe of load balancers, nor of counters. */
export const reading = (names: readonly string[], more: Partial<Grant> = {}): Grant => ({
  sid: 'ReadLoadBalancers',
  actions: elb(names),
  resources: ['*'],
  ...more,
})

const counters: Grant = { sid: 'ReadCounters', actions: ['cloudwatch:GetMetricData'], resources: ['*'] }

/** What still comes to blue is counted by target group at application load balancers alone. */
export const counterGrants = (arn: string): readonly Grant[] => (isNetwork(arn) ? [] : [counters])

/** What every kind reads that finds its switch at a load balancer. */
const surroundings = [
  'DescribeListeners',
  'DescribeLoadBalancerAttributes',
  'DescribeLoadBalancers',
  'DescribeRules',
  'DescribeTags',
  'DescribeTargetGroupAttributes',
  'DescribeTargetGroups',
  'DescribeTargetHealth',
]

const pluginReads = ['DescribeTags', 'DescribeTargetGroupAttributes', 'DescribeTargetGroups']

/** The group of green: made, set up and deleted by the plugin; deleted by the service where nobody has it on record. */
export function targetGroupGrants(arn: string, scope: PolicyScope): Grants {
  const resources = [ourTargetGroupsArn(arn)]
  const condition = ours(scope)
  const deletes: Grant = { sid: 'RemoveOurs', actions: elb(['DeleteTargetGroup']), resources, condition }
  return {
    service: [{ ...deletes, seldom: afterDeath }],
    plugins: [
      { sid: 'Make', actions: elb(['AddTags', 'CreateTargetGroup']), resources, condition: taggedAsOurs(scope) },
      { sid: 'ChangeOurs', actions: elb(['ModifyTargetGroupAttributes']), resources, condition },
      { sid: 'ChangeOursSeldom', actions: elb(['ModifyTargetGroup']), resources, condition, seldom: officialAlone },
      deletes,
    ],
  }
}

/** A listener of green's own at a network load balancer. */
export function greenListenerGrants(arn: string, scope: PolicyScope): Grants {
  const made = [listenersArn(arn)]
  const deletes: Grant = {
    sid: 'RemoveOurs',
    actions: elb(['DeleteListener']),
    resources: made,
    condition: ours(scope),
  }
  const condition = taggedAsOurs(scope)
  return {
    service: [{ ...deletes, seldom: afterDeath }],
    plugins: [
      reading(['DescribeListenerAttributes', 'DescribeListeners']),
      { sid: 'Make', actions: elb(['CreateListener']), resources: [loadBalancerArn(arn)], condition },
      { sid: 'Make', actions: elb(['AddTags']), resources: made, condition },
      {
        sid: 'ChangeOursSeldom',
        actions: elb(['ModifyListener', 'ModifyListenerAttributes']),
        resources: made,
        condition: ours(scope),
        seldom: officialAlone,
      },
      deletes,
    ],
  }
}

/** A rule before the one found, with a secret header. */
function testRuleGrants(arn: string, scope: PolicyScope): Grants {
  const made = [rulesArn(arn)]
  const deletes: Grant = { sid: 'RemoveOurs', actions: elb(['DeleteRule']), resources: made, condition: ours(scope) }
  const condition = taggedAsOurs(scope)
  return {
    service: [{ ...deletes, seldom: afterDeath }],
    plugins: [
      reading(['DescribeRules']),
      { sid: 'Make', actions: elb(['CreateRule']), resources: [listenerArn(arn)], condition },
      { sid: 'Make', actions: elb(['AddTags']), resources: made, condition },
      {
        sid: 'ChangeOursSeldom',
        actions: elb(['ModifyRule', 'SetRulePriorities']),
        resources: made,
        condition: ours(scope),
        seldom: officialAlone,
      },
      deletes,
    ],
  }
}

/** Of a rule, or of a listener's default action, that forwards by weight; `held`: its weights are never written. */
export function switchGrants(config: SwitchPointConfig, scope: PolicyScope, { held = false } = {}): Grants {
  const { type, arn } = switchPointOf(config)
  const network = isNetwork(arn)
  const test = network ? greenListenerGrants(arn, scope) : testRuleGrants(arn, scope)
  const group = targetGroupGrants(arn, scope)
  const writes: Grant = {
    sid: 'SwitchTraffic',
    actions: elb([type === 'rule' ? 'ModifyRule' : 'ModifyListener']),
    resources: [arn],
  }
  const reads = [...surroundings, ...(network ? ['DescribeAccountLimits', 'DescribeListenerAttributes'] : [])]
  const pluginSwitchReads = type === 'rule' ? ['DescribeRules'] : ['DescribeListenerAttributes', 'DescribeListeners']
  return {
    service: [reading(reads), ...(held ? [] : [writes]), ...test.service, ...group.service],
    plugins: [
      reading([...pluginReads, ...pluginSwitchReads]),
      held ? { ...writes, seldom: officialAlone } : writes,
      ...test.plugins,
      ...group.plugins,
    ],
  }
}

/** A port of green's security group that is opened for the load balancer. `group`: null where it is not known before green is there. */
export function ingressGrants(arn: string, group: string | null, scope: PolicyScope): Grants {
  const groupArn = securityGroupArn(arn, group ?? '*')
  const rules = securityGroupRulesArn(arn)
  const reads: Grant = {
    sid: 'ReadSecurityGroups',
    actions: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeSecurityGroups'],
    resources: ['*'],
  }
  const closes: Grant = {
    sid: 'ClosePorts',
    actions: ['ec2:RevokeSecurityGroupIngress'],
    resources: [groupArn, rules],
  }
  return {
    service: [reads, { ...closes, seldom: afterDeath }],
    plugins: [
      { ...reads, actions: ['ec2:DescribeSecurityGroupRules', 'ec2:DescribeTags'] },
      { sid: 'OpenPorts', actions: ['ec2:AuthorizeSecurityGroupIngress'], resources: [groupArn, rules] },
      { sid: 'TagPorts', actions: ['ec2:CreateTags'], resources: [rules], condition: taggedAsOurs(scope) },
      closes,
      {
        sid: 'ChangePortsSeldom',
        actions: ['ec2:ModifySecurityGroupRules'],
        resources: [groupArn, rules],
        seldom: officialAlone,
      },
    ],
  }
}

export const podIngressGrants = (arn: string, guarded: PodIngress | undefined, scope: PolicyScope): Grants =>
  guarded ? ingressGrants(arn, guarded.securityGroup, scope) : { service: [], plugins: [] }

export const together = (...all: readonly Grants[]): Grants => ({
  service: all.flatMap(({ service }) => service),
  plugins: all.flatMap(({ plugins }) => plugins),
})
