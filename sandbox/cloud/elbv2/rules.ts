import type {
  CreateRuleCommandInput,
  CreateRuleCommandOutput,
  DeleteRuleCommandInput,
  DeleteRuleCommandOutput,
  DescribeRulesCommandInput,
  DescribeRulesCommandOutput,
  ModifyRuleCommandInput,
  ModifyRuleCommandOutput,
  Rule as Described,
  SetRulePrioritiesCommandInput,
  SetRulePrioritiesCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { acceptActions, describeActions } from './actions.ts'
import { ruleArn } from './arns.ts'
import { acceptConditions } from './conditions.ts'
import { findListener, findLoadBalancer, findRule } from './find.ts'
import { requireRange, validationError } from './invalid.ts'
import { limits } from './limits.ts'
import { page } from './pages.ts'
import { listenersOf, rulesOf } from './references.ts'
import type { Listener, LoadBalancer, Rule } from './state.ts'
import { acceptTags } from './tags.ts'

export const createRule: Operation<CreateRuleCommandInput, CreateRuleCommandOutput> = (world, input) => {
  const listener = findListener(world, input.ListenerArn)
  const loadBalancer = findLoadBalancer(world, listener.loadBalancerArn)
  if (loadBalancer.type === 'network') {
    throw new AwsError(
      'UnsupportedProtocol',
      `Rules are not supported on listeners with protocol '${listener.protocol}'`,
    )
  }
  const priority = acceptPriority(input.Priority)
  if (rulesOf(world.elbv2, listener.arn).some((rule) => rule.priority === priority)) throw priorityInUse(priority)
  requireRoom(world, loadBalancer)
  const rule: Rule = {
    arn: ruleArn(listener.arn),
    listenerArn: listener.arn,
    priority,
    conditions: acceptConditions(input.Conditions),
    actions: acceptActions(world, loadBalancer, listener.protocol, input.Actions, 'actions'),
    transforms: input.Transforms ?? [],
    tags: acceptTags(input.Tags),
  }
  world.elbv2.rules.set(rule.arn, rule)
  return { Rules: [describe(rule)] }
}

function acceptPriority(priority: number | undefined): number {
  if (priority === undefined) throw validationError('A rule priority must be specified')
  requireRange('priority', priority, 1, 50000)
  return priority
}

const priorityInUse = (priority: number) => new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`)

function requireRoom(world: World, loadBalancer: LoadBalancer): void {
  const rules = listenersOf(world.elbv2, loadBalancer.arn).flatMap((listener) => rulesOf(world.elbv2, listener.arn))
  const max = limits['rules-per-application-load-balancer']
  if (rules.filter((rule) => rule.priority !== 'default').length >= max) {
    throw new AwsError('TooManyRules', `The maximum number of rules per load balancer, '${max}', has been reached`)
  }
}

export const describeRules: Operation<DescribeRulesCommandInput, DescribeRulesCommandOutput> = (world, input) => {
  const byArn = input.RuleArns?.length ? input.RuleArns : undefined
  if ((input.ListenerArn === undefined) === (byArn === undefined)) {
    throw validationError('You must specify either listener rule ARNs or a listener ARN')
  }
  const rules = byArn
    ? byArn.map((arn) => findRule(world, arn))
    : rulesOf(world.elbv2, findListener(world, input.ListenerArn).arn)
  const { items, NextMarker } = page(rules, input)
  return { Rules: items.map(describe), NextMarker }
}

function describe(rule: Rule): Described {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: rule.conditions,
    Actions: describeActions(rule.actions),
    IsDefault: rule.priority === 'default',
    Transforms: rule.transforms,
  }
}

/** What is named replaces the old list as a whole; what is left out stays. */
export const modifyRule: Operation<ModifyRuleCommandInput, ModifyRuleCommandOutput> = (world, input) => {
  const rule = findRule(world, input.RuleArn)
  if (rule.priority === 'default') {
    throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be modified`)
  }
  if (!input.Conditions && !input.Actions && !input.Transforms && !input.ResetTransforms) {
    throw validationError('Either conditions or actions must be specified')
  }
  if (input.ResetTransforms && input.Transforms) {
    throw validationError('You cannot specify both transforms and ResetTransforms')
  }
  const listener = findListener(world, rule.listenerArn)
  const loadBalancer = findLoadBalancer(world, listener.loadBalancerArn)
  const conditions = input.Conditions ? acceptConditions(input.Conditions) : rule.conditions
  const actions = input.Actions
    ? acceptActions(world, loadBalancer, listener.protocol, keepSecret(input.Actions, rule), 'actions')
    : rule.actions
  const transforms = input.ResetTransforms ? [] : (input.Transforms ?? rule.transforms)
  Object.assign(rule, { conditions, actions, transforms })
  return { Rules: [describe(rule)] }
}

/** The only way to write an OIDC action again without its secret, which Describe never gives. */
export function keepSecret(actions: Rule['actions'], { actions: current }: Rule): Rule['actions'] {
  const secret = current.find((action) => action.AuthenticateOidcConfig)?.AuthenticateOidcConfig?.ClientSecret
  return actions.map((action) => {
    if (!action.AuthenticateOidcConfig?.UseExistingClientSecret) return action
    return { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, ClientSecret: secret } }
  })
}

export const deleteRule: Operation<DeleteRuleCommandInput, DeleteRuleCommandOutput> = (world, input) => {
  const rule = findRule(world, input.RuleArn)
  if (rule.priority === 'default') {
    throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`)
  }
  world.elbv2.rules.delete(rule.arn)
  return {}
}

/** All or nothing; rules may swap their priorities in one call. */
export const setRulePriorities: Operation<SetRulePrioritiesCommandInput, SetRulePrioritiesCommandOutput> = (
  world,
  input,
) => {
  const wanted = new Map(
    (input.RulePriorities ?? []).map(({ RuleArn, Priority }) => [findRule(world, RuleArn), acceptPriority(Priority)]),
  )
  const listeners = new Set<Listener['arn']>()
  for (const rule of wanted.keys()) {
    if (rule.priority === 'default') {
      throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' priority cannot be modified`)
    }
    listeners.add(rule.listenerArn)
  }
  for (const listener of listeners) requireUnique(rulesOf(world.elbv2, listener), wanted)
  for (const [rule, priority] of wanted) rule.priority = priority
  return { Rules: [...wanted.keys()].map(describe) }
}

function requireUnique(rules: readonly Rule[], wanted: Map<Rule, number>): void {
  const taken = new Set<number | 'default'>()
  for (const rule of rules) {
    const priority = wanted.get(rule) ?? rule.priority
    if (taken.has(priority) && priority !== 'default') throw priorityInUse(priority)
    taken.add(priority)
  }
}
