import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { describe, expect, it } from 'vitest'
import { refuseWhatCannotMove, type Surveyed } from '../../../../infra/workloads/ingress-dns/refusals.ts'
import type { SurveyedLoadBalancer } from '../../../../infra/workloads/ingress-dns/survey.ts'
import type { Routed } from '../../../../infra/workloads/ingress-dns/targets.ts'
import { refusalOf } from '../elbv2/refusal-rows.ts'
import { names, site } from './fixture.ts'

const loadBalancer = (DNSName: string): SurveyedLoadBalancer => ({
  described: { DNSName, Scheme: 'internal', IpAddressType: 'dualstack', Type: 'network' },
  attributes: {},
  listeners: [],
  listenerIdleSeconds: 350,
  targetGroups: [],
})

const aliasTo = (DNSName: string) => ({ HostedZoneId: 'Z3F0SRJ5LGBH90', DNSName, EvaluateTargetHealth: true })

const a: Routed = { Name: 'api.example.internal.', Type: 'A', AliasTarget: aliasTo(`dualstack.${names.blue}.`) }
const aaaa: Routed = { ...a, Type: 'AAAA' }

/** A name that can be moved, as it is read before anything is decided. */
const surveyed: Surveyed = {
  config: site.config,
  zone: [a, aaaa],
  sets: [a, aaaa],
  protectedTypes: [],
  loadBalancers: { blue: loadBalancer(names.blue), green: loadBalancer(names.green) },
}

const cname = (more: Partial<ResourceRecordSet> = {}): Partial<Surveyed> => ({
  sets: [{ Name: a.Name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: names.blue }], ...more } as Routed],
})

const text = (Name: string, Value: string): ResourceRecordSet => ({ Name, Type: 'TXT', ResourceRecords: [{ Value }] })

const registry = '"heritage=external-dns,external-dns/owner=prod,external-dns/resource=ingress/shop/api"'

const green = (more: object): Partial<Surveyed> => {
  const { described, ...rest } = loadBalancer(names.green)
  return { loadBalancers: { ...surveyed.loadBalancers, green: { ...rest, described: { ...described, ...more } } } }
}

interface Row {
  readonly change: Partial<Surveyed>
  readonly field: string
  readonly reason: RegExp
}

const rows: Readonly<Record<string, Row>> = {
  'a record that is protected': {
    change: { protectedTypes: ['AAAA'] },
    field: 'record',
    reason: /its AAAA record is protected/,
  },
  'a record of external-dns, by a text of its name': {
    change: { zone: [a, text('api.example.internal.', registry)] },
    field: 'record',
    reason: /external-dns owns it \(owner prod, by the text api\.example\.internal\)/,
  },
  'a record of external-dns, by a text before its name': {
    change: { zone: [a, text('a-api.example.internal.', registry)] },
    field: 'record',
    reason: /by the text a-api\.example\.internal/,
  },
  'a record of a traffic policy': {
    change: { sets: [{ ...a, TrafficPolicyInstanceId: 'b3d1' }] },
    field: 'record',
    reason: /a traffic policy makes it \(instance b3d1\)/,
  },
  'latency records': {
    change: { sets: [{ ...a, SetIdentifier: 'eu', Region: 'eu-central-1' }] },
    field: 'record',
    reason: /its A record is routed by Region/,
  },
  'geolocation records': {
    change: { sets: [{ ...a, SetIdentifier: 'de', GeoLocation: { CountryCode: 'DE' } }] },
    field: 'record',
    reason: /routed by GeoLocation/,
  },
  'failover records': {
    change: { sets: [{ ...a, SetIdentifier: 'first', Failover: 'PRIMARY' }] },
    field: 'record',
    reason: /routed by Failover/,
  },
  'weighted siblings': {
    change: { sets: ['one', 'two'].map((SetIdentifier) => ({ ...a, SetIdentifier, Weight: 1 })) },
    field: 'record',
    reason: /already divides traffic between 2 weighted A records/,
  },
  'a single weighted record of weight 0': {
    change: { sets: [{ ...a, SetIdentifier: 'one', Weight: 0 }] },
    field: 'record',
    reason: /weight 0/,
  },
  'a health check': {
    change: { sets: [{ ...a, SetIdentifier: 'one', Weight: 1, HealthCheckId: 'abc' }] },
    field: 'record',
    reason: /a health check decides whether it answers \(abc\)/,
  },
  addresses: {
    change: { sets: [{ Name: a.Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.0.0.1' }] }] },
    field: 'record',
    reason: /its A record has addresses/,
  },
  'an alias to something else': {
    change: { sets: [{ ...a, AliasTarget: aliasTo('other.elb.eu-central-1.amazonaws.com.') }] },
    field: 'blueLoadBalancer',
    reason: /the A record leads to other\.elb/,
  },
  'a CNAME to something else': {
    change: cname({ ResourceRecords: [{ Value: 'other.example' }] }),
    field: 'blueLoadBalancer',
    reason: /the CNAME record leads to other\.example/,
  },
  'a twin that leads elsewhere': {
    change: { sets: [a, { ...aaaa, AliasTarget: aliasTo('other.elb.eu-central-1.amazonaws.com.') }] },
    field: 'blueLoadBalancer',
    reason: /the AAAA record leads to other\.elb/,
  },
  'one load balancer for both sides': {
    change: { config: { ...site.config, greenLoadBalancer: site.config.blueLoadBalancer } },
    field: 'greenLoadBalancer',
    reason: /it is blue's/,
  },
  'a load balancer for other clients': {
    change: green({ Scheme: 'internet-facing' }),
    field: 'greenLoadBalancer',
    reason: /it is internet-facing, and blue's is internal/,
  },
  'a load balancer without IPv6 for an AAAA record': {
    change: green({ IpAddressType: 'ipv4' }),
    field: 'greenLoadBalancer',
    reason: /no IPv6 addresses/,
  },
  'a TTL of a day': { change: cname({ TTL: 86_400 }), field: 'record', reason: /keep its answer for 86400 s/ },
}

describe('what cannot move', () => {
  it('is not said of an alias with its twin, nor of a CNAME', () => {
    expect(refusalOf(() => refuseWhatCannotMove(surveyed))).toBeNull()
    expect(refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...cname() }))).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))
    expect(refusal?.field).toBe(field)
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.wayOut).not.toBe('')
  })
})

describe('what can move all the same', () => {
  const fine: Readonly<Record<string, Partial<Surveyed>>> = {
    'a single weighted record': { sets: [{ ...a, SetIdentifier: 'one', Weight: 1 }] },
    'a record of an external-dns that is frozen': {
      zone: [a, text('api.example.internal.', registry)],
      config: { ...site.config, managedElsewhere: 'paused' },
    },
    "a text of external-dns for another name, and somebody's text for this one": {
      zone: [a, text('api.shop.example.internal.', registry), text('api.example.internal.', '"v=spf1 -all"')],
    },
    'a protection of another type': { protectedTypes: ['TXT'] },
    'a load balancer without IPv6 where there is no AAAA record': { sets: [a], ...green({ IpAddressType: 'ipv4' }) },
    'a TTL of a day that is known': {
      ...cname({ TTL: 86_400 }),
      config: { ...site.config, acknowledge: { longTtl: true } },
    },
  }

  it.each(Object.entries(fine))('%s', (_what, change) => {
    expect(refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))).toBeNull()
  })
})
