import type { Action, ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { findActionGroup } from './find.ts'
import { constraintError, requireLength, requireOneOf, requireRange, validationError } from './invalid.ts'
import { groupsPerAction, limits } from './limits.ts'
import { groupsOf, listenersOf, loadBalancerOf, rulesOf } from './references.ts'
import type { Listener, LoadBalancer, TargetGroup } from './state.ts'

const types = ['forward', 'authenticate-oidc', 'authenticate-cognito', 'redirect', 'fixed-response', 'jwt-validation']
const lastTypes = ['forward', 'redirect', 'fixed-response']

/** Checks the actions of a rule or listener as AWS does and returns them in the form in which AWS stores them. */
export function acceptActions(
  world: World,
  loadBalancer: LoadBalancer,
  protocol: Listener['protocol'],
  actions: Action[] | undefined,
  member: 'actions' | 'defaultActions',
): Action[] {
  if (!actions?.length) throw validationError('At least one action must be specified')
  actions.forEach((action, index) => requireOneOf(`${member}.${index + 1}.member.type`, action.Type, types))
  const ordered = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
  requireOrder(ordered, protocol, loadBalancer)
  const accepted = ordered.map(acceptAction)
  requireGroups(world, loadBalancer, protocol, groupsOf(accepted))
  return accepted
}

function requireOrder(actions: Action[], protocol: Listener['protocol'], loadBalancer: LoadBalancer): void {
  const last = actions.filter((action) => lastTypes.includes(action.Type ?? ''))
  if (last.length > 1) {
    throw new AwsError('TooManyActions', 'A rule can have only one action of type forward, redirect or fixed-response')
  }
  if (last[0] !== actions.at(-1) || last.length === 0) {
    throw new AwsError('InvalidLoadBalancerAction', `The last action must be one of '${lastTypes.join(', ')}'`)
  }
  if (actions.length > 1 && actions.some((action) => action.Order === undefined)) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'An action order must be specified for each action when there is more than one',
    )
  }
  if (actions.length > 1 && protocol !== 'HTTPS') {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      `Actions of type '${actions[0]?.Type}' are supported only on HTTPS listeners`,
    )
  }
  if (loadBalancer.type === 'network' && last[0]?.Type !== 'forward') {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      `Actions of type '${last[0]?.Type}' are not supported on load balancers with type 'network'`,
    )
  }
}

function acceptAction(action: Action): Action {
  requireRange('order', action.Order, 1, 50000)
  const common = { Type: action.Type, ...(action.Order === undefined ? {} : { Order: action.Order }) }
  if (action.Type === 'forward') return { ...common, ...acceptForward(action) }
  if (action.Type === 'redirect') return { ...common, RedirectConfig: acceptRedirect(action) }
  if (action.Type === 'fixed-response') return { ...common, FixedResponseConfig: acceptFixedResponse(action) }
  return { ...action }
}

/** One group is stored in both forms, several in the second only. That is how AWS answers every Describe. */
function acceptForward(action: Action): Pick<Action, 'TargetGroupArn' | 'ForwardConfig'> {
  const given = action.ForwardConfig?.TargetGroups
  if (
    given &&
    action.TargetGroupArn !== undefined &&
    (given.length !== 1 || given[0]?.TargetGroupArn !== action.TargetGroupArn)
  ) {
    throw validationError(
      'You can specify both a target group ARN and a forward config only if they name the same single target group',
    )
  }
  const groups = given ?? [{ TargetGroupArn: action.TargetGroupArn }]
  if (groups.length === 0 || groups.some((group) => !group.TargetGroupArn)) {
    throw validationError('A target group ARN must be specified for a forward action')
  }
  if (new Set(groups.map((group) => group.TargetGroupArn)).size < groups.length) {
    throw validationError('A target group can be specified only once in a forward action')
  }
  const weights = groups.map((group) => group.Weight ?? (groups.length === 1 ? 1 : -1))
  // Several groups without weights get the same sentence (aws-cdk#24805).
  if (weights.some((weight) => !Number.isInteger(weight) || weight < 0 || weight > 999)) {
    throw validationError('The weight for each target group must be between 0 and 999, inclusive')
  }
  const TargetGroups = groups.map(({ TargetGroupArn }, index) => ({ TargetGroupArn, Weight: weights[index] }))
  return {
    ...(groups.length === 1 ? { TargetGroupArn: groups[0]?.TargetGroupArn } : {}),
    ForwardConfig: { TargetGroups, TargetGroupStickinessConfig: acceptStickiness(action.ForwardConfig) },
  }
}

function acceptStickiness(
  forward: ForwardActionConfig | undefined,
): ForwardActionConfig['TargetGroupStickinessConfig'] {
  const { Enabled = false, DurationSeconds } = forward?.TargetGroupStickinessConfig ?? {}
  const duration = DurationSeconds ?? (Enabled ? 0 : 1)
  // A duration of 0 is refused even when stickiness is off (pulumi-aws#1824).
  if (duration < 1 || duration > 604800) {
    throw validationError('Target group stickiness duration must be between 1 and 604800 seconds')
  }
  return { Enabled, ...(DurationSeconds === undefined ? {} : { DurationSeconds }) }
}

function acceptRedirect({ RedirectConfig: given }: Action): Action['RedirectConfig'] {
  if (!given) throw validationError('A redirect config must be specified for a redirect action')
  requireOneOf('redirectConfig.statusCode', given.StatusCode, ['HTTP_301', 'HTTP_302'])
  const kept = { Protocol: '#{protocol}', Port: '#{port}', Host: '#{host}', Path: '/#{path}', Query: '#{query}' }
  const redirect = { ...kept, ...definedOnly(given) }
  if (!/^(HTTPS?|#\{protocol\})$/.test(redirect.Protocol)) {
    throw constraintError(
      'redirectConfig.protocol',
      redirect.Protocol,
      'Member must satisfy regular expression pattern: ^(HTTPS?|#\\{protocol\\})$',
    )
  }
  const same = (['Protocol', 'Port', 'Host', 'Path'] as const).every((name) => redirect[name] === kept[name])
  if (same) {
    throw new AwsError('InvalidLoadBalancerAction', 'The redirect configuration is not valid because it creates a loop')
  }
  return redirect
}

function definedOnly<Shape extends object>(shape: Shape): { [Name in keyof Shape]: NonNullable<Shape[Name]> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Shape]: NonNullable<Shape[Name]>
  }
}

function acceptFixedResponse({ FixedResponseConfig: given }: Action): Action['FixedResponseConfig'] {
  if (!given) throw validationError('A fixed response config must be specified for a fixed-response action')
  if (!/^(2|4|5)\d\d$/.test(given.StatusCode ?? '')) {
    throw constraintError(
      'fixedResponseConfig.statusCode',
      given.StatusCode,
      'Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$',
    )
  }
  requireLength('fixedResponseConfig.messageBody', given.MessageBody, 0, 1024)
  requireOneOf('fixedResponseConfig.contentType', given.ContentType || undefined, [
    'text/plain',
    'text/css',
    'text/html',
    'application/javascript',
    'application/json',
  ])
  return { ...given }
}

const isApplication = (protocol: string | undefined) => protocol === 'HTTP' || protocol === 'HTTPS'

function requireGroups(world: World, loadBalancer: LoadBalancer, protocol: Listener['protocol'], arns: string[]): void {
  const { type } = loadBalancer
  if (type === 'network' && arns.length > 1 && !world.account.weightedNetworkListeners) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      "You cannot specify multiple target groups in a single action with a load balancer of type 'network'",
    )
  }
  const perAction = groupsPerAction(world, type)
  if (arns.length > perAction) {
    throw new AwsError(
      'TooManyTargetGroups',
      `You have reached the maximum number of target groups per action on a load balancer of type '${type}': [${perAction}]`,
    )
  }
  const groups = arns.map((arn) => findActionGroup(world, arn))
  for (const group of groups) requireCompatible(group, loadBalancer, protocol)
  requireRoom(world, loadBalancer, arns)
  const elsewhere = groups.filter((group) => (loadBalancerOf(world.elbv2, group.arn) ?? loadBalancer) !== loadBalancer)
  if (elsewhere.length > 0) {
    throw new AwsError(
      'TargetGroupAssociationLimit',
      `The following target groups cannot be associated with more than one load balancer: ${elsewhere.map((group) => group.arn).join(', ')}`,
    )
  }
}

function requireRoom(world: World, { arn, type }: LoadBalancer, added: string[]): void {
  const rules = listenersOf(world.elbv2, arn).flatMap((listener) => rulesOf(world.elbv2, listener.arn))
  const max = limits['target-groups-per-application-load-balancer']
  if (type === 'application' && new Set([...rules.flatMap((rule) => groupsOf(rule.actions)), ...added]).size > max) {
    throw new AwsError(
      'TooManyUniqueTargetGroupsPerLoadBalancer',
      `You have reached the maximum number of unique target groups that you can associate with a load balancer of type '${type}': [${max}]`,
    )
  }
}

function requireCompatible(group: TargetGroup, loadBalancer: LoadBalancer, protocol: Listener['protocol']): void {
  if (group.targetType === 'lambda' && loadBalancer.type === 'application') return
  if (isApplication(group.protocol) !== isApplication(protocol)) {
    throw new AwsError(
      'IncompatibleProtocols',
      `The listener and its associated target group '${group.arn}' have incompatible protocols: '${protocol}' and '${group.protocol}'`,
    )
  }
  if (group.vpcId !== loadBalancer.vpcId) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `The target group '${group.arn}' and the load balancer '${loadBalancer.arn}' must be in the same VPC`,
    )
  }
}

/** What Describe answers: AWS never gives back the client secret of an OIDC action. */
export function describeActions(actions: readonly Action[]): Action[] {
  return actions.map((action) => {
    if (!action.AuthenticateOidcConfig) return action
    const { ClientSecret: _secret, ...config } = action.AuthenticateOidcConfig
    return { ...action, AuthenticateOidcConfig: config }
  })
}
