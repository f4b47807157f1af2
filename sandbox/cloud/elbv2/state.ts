import type {
  Action,
  AvailabilityZone,
  Certificate,
  IpAddressType,
  LoadBalancerSchemeEnum,
  Matcher,
  MutualAuthenticationAttributes,
  ProtocolEnum,
  RuleCondition,
  RuleTransform,
  TargetGroupIpAddressTypeEnum,
  TargetTypeEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2'

/** Load balancers, listeners, rules and target groups of the account, each by its ARN, in order of creation. */
export interface Elbv2State {
  readonly loadBalancers: Map<string, LoadBalancer>
  readonly listeners: Map<string, Listener>
  readonly rules: Map<string, Rule>
  readonly targetGroups: Map<string, TargetGroup>
  /** Private addresses of load balancers, by ARN and subnet. */
  readonly addresses: Map<string, string>
}

export function createElbv2(): Elbv2State {
  return {
    loadBalancers: new Map(),
    listeners: new Map(),
    rules: new Map(),
    targetGroups: new Map(),
    addresses: new Map(),
  }
}

/** What all four have: attributes and tags are name to value. */
interface Resource {
  readonly arn: string
  readonly tags: Map<string, string>
}

export type LoadBalancerType = 'application' | 'network'

export interface LoadBalancer extends Resource {
  readonly name: string
  readonly type: LoadBalancerType
  readonly scheme: LoadBalancerSchemeEnum
  readonly vpcId: string
  readonly dnsName: string
  readonly hostedZoneId: string
  readonly createdAt: Date
  readonly attributes: Map<string, string>
  state: 'provisioning' | 'active'
  zones: AvailabilityZone[]
  securityGroups: string[]
  ipAddressType: IpAddressType
  enforcePrivateLinkRules?: 'on' | 'off'
  capacityUnits?: number
}

export interface Listener extends Resource {
  readonly loadBalancerArn: string
  readonly defaultRuleArn: string
  attributes: Map<string, string>
  port: number
  protocol: ProtocolEnum
  sslPolicy?: string
  /** The default certificate first, then those that AddListenerCertificates added. */
  certificates: Certificate[]
  alpnPolicy?: string[]
  mutualAuthentication?: MutualAuthenticationAttributes
}

/** A listener's default actions are the actions of its default rule and are kept nowhere else. */
export interface Rule extends Resource {
  readonly listenerArn: string
  priority: number | 'default'
  conditions: RuleCondition[]
  /** Replaced as a whole by every modification, never changed in place. */
  actions: Action[]
  transforms: RuleTransform[]
}

export interface HealthCheck {
  enabled: boolean
  protocol: ProtocolEnum
  /** `traffic-port` or a number. */
  port: string
  path?: string
  intervalSeconds: number
  timeoutSeconds: number
  healthyThreshold: number
  unhealthyThreshold: number
  matcher?: Matcher
}

export interface TargetGroup extends Resource {
  readonly name: string
  readonly protocol?: ProtocolEnum
  readonly protocolVersion?: string
  readonly port?: number
  readonly vpcId?: string
  readonly targetType: TargetTypeEnum
  readonly ipAddressType?: TargetGroupIpAddressTypeEnum
  readonly healthCheck: HealthCheck
  readonly attributes: Map<string, string>
  /** By `targetKey`. A target that is registered again while it drains is a new object. */
  readonly targets: Map<string, Target>
}

export interface Target {
  readonly id: string
  readonly port?: number
  /** Of the subnet that an address or instance is in, or as registered (`all`, or a zone, for one outside the VPC). */
  readonly zone?: string
  /** An instance's private address, where its traffic goes. Of any other target the id is the address. */
  readonly address?: string
  health: TargetHealth
}

/**
 * What the load balancer knows of a target. Health checks move it between initial, healthy and unhealthy; only deregistration
 * sets draining. `unused` is no state of its own: it is what a target of a group without a load balancer shows.
 */
export type TargetHealth =
  | { state: 'initial'; reason: 'Elb.RegistrationInProgress' | 'Elb.InitialHealthChecking' }
  | { state: 'healthy' }
  | {
      state: 'unhealthy'
      reason: 'Target.FailedHealthChecks' | 'Target.Timeout' | 'Target.ResponseCodeMismatch'
      description: string
    }
  | { state: 'draining' }

export const targetKey = (target: { id: string; port?: number }) => `${target.id}:${target.port ?? ''}`
