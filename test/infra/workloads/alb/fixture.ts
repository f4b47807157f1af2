import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import fc from 'fast-check'
import type { AlbFound, AlbSite } from '../../../../infra/workloads/alb/found.ts'
import { anyName } from '../../arbitraries.ts'

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'

export const arns = {
  loadBalancer: `${elb}:loadbalancer/app/shop/50dc6c495c0c9188`,
  listener: `${elb}:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2`,
  rule: `${elb}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`,
  blue: `${elb}:targetgroup/search/73e2d6bc24d8a067`,
  green: `${elb}:targetgroup/green-20260102/1234567890abcdef`,
} as const

export const found: AlbFound = {
  asFound: { traffic: [], rest: {} },
  reserves: [],
  blueGroups: [{ arn: arns.blue, multiCluster: false }],
  crossZone: true,
  switchPoint: { type: 'rule', arn: arns.rule },
  listener: { arn: arns.listener, port: 80, protocol: 'HTTP' },
  loadBalancer: {
    type: 'application',
    arn: arns.loadBalancer,
    dnsName: 'internal-shop-1.eu-central-1.elb.amazonaws.com',
    securityGroups: ['sg-0a'],
    idleTimeoutSeconds: 60,
  },
  rule: { priority: 10, conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['search.example.com'] } }] },
  forward: { order: 1, weight: 1, stickinessSeconds: null, stickable: true },
  blueTargetGroup: {
    arn: arns.blue,
    vpcId: 'vpc-0a',
    port: 8080,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    ipAddressType: 'ipv4',
    healthCheck: {
      path: '/healthz',
      port: 'traffic-port',
      protocol: 'HTTP',
      matcher: '200',
      intervalSeconds: 15,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
    },
    deregistrationDelaySeconds: 30,
    slowStartSeconds: 0,
    algorithm: 'round_robin',
    crossZone: 'use_load_balancer_configuration',
    flows: null,
  },
  testRoute: { priority: 9 },
  podIngress: ['sg-0a'],
}

export const site: AlbSite = {
  migration: 'prod-2026',
  workload: 'search',
  config: {
    rule: arns.rule,
    blueTargetGroup: arns.blue,
    service: { namespace: 'shop', name: 'search', port: 80 },
    podIngress: { securityGroup: 'sg-0b', port: 8080 },
  },
  found,
  green: { name: 'prod-green', kubeconfig: '/etc/cutover/green.kubeconfig' },
}

/** The same workload behind a listener's default action. */
export const listenerSite: AlbSite = {
  ...site,
  config: { ...site.config, listener: arns.listener, rule: undefined },
  found: {
    ...found,
    switchPoint: { type: 'listener', arn: arns.listener },
    rule: null,
    testRoute: { priority: 50_000 },
  },
}

const text = fc.stringMatching(/^[a-z0-9.*?/-]{1,20}$/)
const values = fc.array(text, { minLength: 1, maxLength: 2 })

/** Every kind of condition as DescribeRules answers it. */
export const anyCondition: fc.Arbitrary<RuleCondition> = fc.oneof(
  values.map((Values) => ({ Field: 'host-header', Values, HostHeaderConfig: { Values } })),
  values.map((RegexValues) => ({ Field: 'host-header', HostHeaderConfig: { RegexValues } })),
  values.map((Values) => ({ Field: 'path-pattern', Values, PathPatternConfig: { Values } })),
  values.map((RegexValues) => ({ Field: 'path-pattern', PathPatternConfig: { RegexValues } })),
  fc.tuple(text, values).map(([HttpHeaderName, Values]) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName, Values },
  })),
  fc.tuple(text, values).map(([HttpHeaderName, RegexValues]) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName, RegexValues },
  })),
  values.map((Values) => ({ Field: 'http-request-method', HttpRequestMethodConfig: { Values } })),
  values.map((Values) => ({ Field: 'source-ip', SourceIpConfig: { Values } })),
  fc
    .array(
      fc.oneof(
        fc.record({ Key: text, Value: text }),
        text.map((Value) => ({ Value })),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((Values) => ({ Field: 'query-string', QueryStringConfig: { Values } })),
)

export const anyForward = fc.record({
  order: fc.option(fc.integer({ min: 1, max: 50_000 })),
  weight: fc.integer({ min: 1, max: 999 }),
  stickinessSeconds: fc.option(fc.integer({ min: 1, max: 604_800 })),
  stickable: fc.constant(true),
})

const anyTestRoute = fc.oneof(
  fc.integer({ min: 1, max: 50_000 }).map((priority) => ({ priority })),
  fc.constant({ none: 'no priority is free' }),
)

const anyRule = fc.record({
  priority: fc.integer({ min: 1, max: 50_000 }),
  conditions: fc.array(anyCondition, { minLength: 1, maxLength: 2 }),
})

/** Whatever `find` may have found, with a rule or with a listener's default action. */
export const anySite: fc.Arbitrary<AlbSite> = fc
  .record({
    migration: anyName,
    workload: anyName,
    rule: fc.option(anyRule),
    forward: anyForward,
    testRoute: anyTestRoute,
    podIngress: fc.uniqueArray(fc.stringMatching(/^sg-[0-9a-f]{8}$/), { maxLength: 3 }),
    port: fc.integer({ min: 1, max: 65_535 }),
    protocol: fc.constantFrom('HTTP', 'HTTPS'),
  })
  .map(({ migration, workload, rule, port, protocol, ...rest }) => ({
    ...(rule ? site : listenerSite),
    migration,
    workload,
    found: {
      ...(rule ? site : listenerSite).found,
      ...rest,
      rule,
      listener: { arn: arns.listener, port, protocol },
    },
  }))
