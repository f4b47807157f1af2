import fc from 'fast-check'
import type { FoundRecord, IngressDnsFound, IngressDnsSite } from '../../../../infra/workloads/ingress-dns/found.ts'
import { anyName } from '../../arbitraries.ts'

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'

export const arns = {
  blue: `${elb}:loadbalancer/net/ingress-blue/50dc6c495c0c9188`,
  green: `${elb}:loadbalancer/net/ingress-green/60dc6c495c0c9188`,
  blueGroup: `${elb}:targetgroup/ingress-blue/73e2d6bc24d8a067`,
  greenGroup: `${elb}:targetgroup/ingress-green/83e2d6bc24d8a067`,
} as const

export const names = {
  blue: 'ingress-blue-50dc6c495c0c9188.elb.eu-central-1.amazonaws.com',
  green: 'ingress-green-60dc6c495c0c9188.elb.eu-central-1.amazonaws.com',
} as const

const zoneId = 'Z3F0SRJ5LGBH90'

export const alias: FoundRecord = {
  type: 'A',
  weighted: null,
  points: { alias: { zoneId, name: `dualstack.${names.blue}`, evaluateTargetHealth: true } },
}

export const cname: FoundRecord = { type: 'CNAME', weighted: null, points: { value: names.blue, ttl: 300 } }

export const found: IngressDnsFound = {
  asFound: { traffic: [], rest: {} },
  reserves: [],
  blueGroups: [{ arn: arns.blueGroup, multiCluster: false }],
  crossZone: true,
  records: [alias, { ...alias, type: 'AAAA' }],
  loadBalancers: {
    blue: {
      arn: arns.blue,
      dnsName: names.blue,
      zoneId,
      type: 'network',
      targetGroups: [arns.blueGroup],
      keepAliveSeconds: 350,
    },
    green: {
      arn: arns.green,
      dnsName: names.green,
      zoneId,
      type: 'network',
      targetGroups: [arns.greenGroup],
      keepAliveSeconds: 350,
    },
  },
  sharedBy: [],
}

/** An alias with its AAAA twin. */
export const site: IngressDnsSite = {
  migration: 'prod-2026',
  workload: 'api',
  config: {
    zone: 'Z0123456789ABC',
    record: 'api.example.internal',
    blueLoadBalancer: arns.blue,
    greenLoadBalancer: arns.green,
    service: { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', port: 'http' },
  },
  found,
  green: { name: 'prod-green', kubeconfig: '/etc/cutover/green.kubeconfig' },
}

export const cnameSite: IngressDnsSite = {
  ...site,
  config: { ...site.config, lowerTtl: 60 },
  found: { ...found, records: [cname] },
}

/** As the only weighted record of its name. */
export const weightedSite: IngressDnsSite = {
  ...site,
  found: { ...found, records: [{ ...alias, weighted: { identifier: 'primary', weight: 10 } }] },
}

const anyWeighted = fc.option(
  fc.record({ identifier: fc.stringMatching(/^[a-z-]{1,20}$/), weight: fc.integer({ min: 1, max: 255 }) }),
)

const anyRecords: fc.Arbitrary<FoundRecord[]> = fc
  .record({
    weighted: anyWeighted,
    twin: fc.boolean(),
    isAlias: fc.boolean(),
    evaluateTargetHealth: fc.boolean(),
    prefix: fc.constantFrom('', 'dualstack.'),
    dot: fc.constantFrom('', '.'),
    ttl: fc.integer({ min: 0, max: 100_000 }),
  })
  .map(({ weighted, twin, isAlias, evaluateTargetHealth, prefix, dot, ttl }): FoundRecord[] => {
    if (!isAlias) return [{ type: 'CNAME', weighted, points: { value: `${names.blue}${dot}`, ttl } }]
    const points = { alias: { zoneId, name: `${prefix}${names.blue}`, evaluateTargetHealth } }
    const a: FoundRecord = { type: 'A', weighted, points }
    return twin ? [a, { ...a, type: 'AAAA' }] : [a]
  })

/** Whatever `find` may have found. */
export const anySite: fc.Arbitrary<IngressDnsSite> = fc
  .record({
    migration: anyName,
    workload: anyName,
    records: anyRecords,
    lowerTtl: fc.option(fc.integer({ min: 0, max: 86_400 }), { nil: undefined }),
    evaluateTargetHealth: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map(({ migration, workload, records, ...more }) => ({
    ...site,
    migration,
    workload,
    config: { ...site.config, ...(JSON.parse(JSON.stringify(more)) as object) },
    found: { ...found, records },
  }))
