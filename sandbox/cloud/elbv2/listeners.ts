import type {
  CreateListenerCommandInput,
  CreateListenerCommandOutput,
  DeleteListenerCommandInput,
  DeleteListenerCommandOutput,
  DescribeListenersCommandInput,
  DescribeListenersCommandOutput,
  Listener as Described,
  ModifyListenerCommandInput,
  ModifyListenerCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { acceptActions, describeActions } from './actions.ts'
import { listenerArn, ruleArn } from './arns.ts'
import { defaultsOf, listenerAttributes } from './attributes.ts'
import { acceptCertificates, isSecure, replaceDefault } from './certificates.ts'
import { findListener, findLoadBalancer, findRule } from './find.ts'
import { requireRange, validationError } from './invalid.ts'
import { limits } from './limits.ts'
import { page } from './pages.ts'
import { listenersOf, rulesOf } from './references.ts'
import { keepSecret } from './rules.ts'
import { defaultSslPolicy, requireSslPolicy } from './ssl-policies.ts'
import type { Listener, LoadBalancer } from './state.ts'
import { acceptTags } from './tags.ts'

const protocols = { application: ['HTTP', 'HTTPS'], network: ['TLS', 'TCP', 'TCP_UDP', 'UDP'] } as const

export const createListener: Operation<CreateListenerCommandInput, CreateListenerCommandOutput> = (world, input) => {
  const loadBalancer = findLoadBalancer(world, input.LoadBalancerArn)
  requireRoom(world, loadBalancer)
  const port = acceptPort(world, loadBalancer, input.Port)
  const protocol = acceptProtocol(loadBalancer, input.Protocol)
  const actions = acceptActions(world, loadBalancer, protocol, input.DefaultActions, 'defaultActions')
  const arn = listenerArn(loadBalancer.arn)
  const listener: Listener = {
    arn,
    loadBalancerArn: loadBalancer.arn,
    defaultRuleArn: ruleArn(arn),
    port,
    protocol,
    certificates: acceptCertificates(protocol, input.Certificates),
    ...acceptSecurity(protocol, input),
    attributes: defaultsOf(listenerAttributes(protocol)),
    tags: acceptTags(input.Tags),
  }
  world.elbv2.listeners.set(arn, listener)
  world.elbv2.rules.set(listener.defaultRuleArn, {
    arn: listener.defaultRuleArn,
    listenerArn: arn,
    priority: 'default',
    conditions: [],
    actions,
    transforms: [],
    tags: new Map(),
  })
  return { Listeners: [describe(world, listener)] }
}

function requireRoom(world: World, loadBalancer: LoadBalancer): void {
  const max = limits[`listeners-per-${loadBalancer.type}-load-balancer`]
  if (listenersOf(world.elbv2, loadBalancer.arn).length >= max) {
    throw new AwsError(
      'TooManyListeners',
      `The maximum number of listeners per load balancer, '${max}', has been reached`,
    )
  }
}

function acceptPort(world: World, loadBalancer: LoadBalancer, port: number | undefined, self?: Listener): number {
  if (port === undefined) throw validationError('A listener port must be specified')
  requireRange('port', port, 1, 65535)
  if (listenersOf(world.elbv2, loadBalancer.arn).some((other) => other !== self && other.port === port)) {
    throw new AwsError(
      'DuplicateListener',
      `A listener already exists on this port for this load balancer '${loadBalancer.arn}'`,
    )
  }
  return port
}

function acceptProtocol(loadBalancer: LoadBalancer, protocol: string | undefined): Listener['protocol'] {
  if (protocol === undefined) throw validationError('A listener protocol must be specified')
  const found = protocols[loadBalancer.type].find((allowed) => allowed === protocol)
  if (!found) {
    throw validationError(`Listener protocol '${protocol}' must be one of '${protocols[loadBalancer.type].join(', ')}'`)
  }
  return found
}

type Security = Pick<Listener, 'sslPolicy' | 'alpnPolicy' | 'mutualAuthentication'>

function acceptSecurity(
  protocol: string,
  input: CreateListenerCommandInput | ModifyListenerCommandInput,
  current?: Listener,
): Security {
  if (!isSecure(protocol)) {
    if (input.SslPolicy) throw validationError(`An SSL policy cannot be specified for ${protocol} listeners`)
    return { sslPolicy: undefined, alpnPolicy: undefined, mutualAuthentication: undefined }
  }
  const sslPolicy = input.SslPolicy ?? current?.sslPolicy ?? defaultSslPolicy
  requireSslPolicy(sslPolicy)
  const alpnPolicy = input.AlpnPolicy ?? current?.alpnPolicy
  const mutualAuthentication = input.MutualAuthentication ?? current?.mutualAuthentication ?? { Mode: 'off' }
  return { sslPolicy, alpnPolicy, mutualAuthentication: protocol === 'HTTPS' ? mutualAuthentication : undefined }
}

export const describeListeners: Operation<DescribeListenersCommandInput, DescribeListenersCommandOutput> = (
  world,
  input,
) => {
  const byArn = input.ListenerArns?.length ? input.ListenerArns : undefined
  if ((input.LoadBalancerArn === undefined) === (byArn === undefined)) {
    throw validationError('You must specify either listener ARNs or a load balancer ARN')
  }
  const listeners = byArn
    ? byArn.map((arn) => findListener(world, arn))
    : listenersOf(world.elbv2, findLoadBalancer(world, input.LoadBalancerArn).arn)
  const { items, NextMarker } = page(listeners, input)
  return { Listeners: items.map((listener) => describe(world, listener)), NextMarker }
}

function describe(world: World, listener: Listener): Described {
  const { certificates, sslPolicy, alpnPolicy, mutualAuthentication } = listener
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    ...(certificates[0] ? { Certificates: [{ CertificateArn: certificates[0].CertificateArn }] } : {}),
    SslPolicy: sslPolicy,
    AlpnPolicy: alpnPolicy,
    MutualAuthentication: mutualAuthentication,
    DefaultActions: describeActions(findRule(world, listener.defaultRuleArn).actions),
  }
}

/** What is named replaces the old value, the default actions as a whole; what is left out stays. */
export const modifyListener: Operation<ModifyListenerCommandInput, ModifyListenerCommandOutput> = (world, input) => {
  const listener = findListener(world, input.ListenerArn)
  const loadBalancer = findLoadBalancer(world, listener.loadBalancerArn)
  const rule = findRule(world, listener.defaultRuleArn)
  const port = acceptPort(world, loadBalancer, input.Port ?? listener.port, listener)
  const protocol = acceptProtocol(loadBalancer, input.Protocol ?? listener.protocol)
  const certificates = replaceDefault(protocol, listener.certificates, input.Certificates)
  const actions = input.DefaultActions
    ? acceptActions(world, loadBalancer, protocol, keepSecret(input.DefaultActions, rule), 'defaultActions')
    : rule.actions
  const security = acceptSecurity(protocol, input, listener)
  Object.assign(listener, { port, protocol, ...security, certificates, attributes: keepAttributes(listener, protocol) })
  rule.actions = actions
  return { Listeners: [describe(world, listener)] }
}

/** Another protocol has other attributes; those that both have keep their values. */
function keepAttributes({ attributes }: Listener, protocol: Listener['protocol']): Listener['attributes'] {
  const defaults = defaultsOf(listenerAttributes(protocol))
  return new Map([...defaults].map(([key, value]) => [key, attributes.get(key) ?? value]))
}

export const deleteListener: Operation<DeleteListenerCommandInput, DeleteListenerCommandOutput> = (world, input) => {
  const listener = findListener(world, input.ListenerArn)
  for (const rule of rulesOf(world.elbv2, listener.arn)) world.elbv2.rules.delete(rule.arn)
  world.elbv2.listeners.delete(listener.arn)
  return {}
}
