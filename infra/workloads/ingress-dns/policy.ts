import { changesArn, hostedZoneArn } from '../../policies/arns.ts'
import { readBindings, readEndpoints } from '../../policies/cluster-rights.ts'
import type { Grant, Policy, PolicyScope } from '../../policies/grant.ts'
import { counterGrants, reading } from '../elbv2/policy.ts'
import type { IngressDnsConfig } from './config.ts'
import { routedTypes } from './found.ts'

/** Changes of this one name alone, and of no other types than those that lead clients somewhere. */
function changing({ zone, record, blueLoadBalancer }: IngressDnsConfig): Grant {
  return {
    sid: 'SwitchTraffic',
    actions: ['route53:ChangeResourceRecordSets'],
    resources: [hostedZoneArn(blueLoadBalancer, zone)],
    condition: {
      'ForAllValues:StringEquals': {
        // the wildcard as Route 53 writes it
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [record.replace(/^\*/, '\\052')],
        'route53:ChangeResourceRecordSetsRecordTypes': [...routedTypes],
      },
    },
  }
}

const loadBalancerReads = [
  'DescribeListenerAttributes',
  'DescribeListeners',
  'DescribeLoadBalancerAttributes',
  'DescribeLoadBalancers',
  'DescribeTargetGroups',
  'DescribeTargetHealth',
]

export function policy(config: IngressDnsConfig, _scope: PolicyScope): Policy {
  const zone = hostedZoneArn(config.blueLoadBalancer, config.zone)
  const zoneReads = (names: readonly string[]): Grant => ({
    sid: 'ReadZone',
    actions: names.map((name) => `route53:${name}`),
    resources: [zone],
  })
  return {
    service: [
      reading(loadBalancerReads),
      ...counterGrants(config.blueLoadBalancer),
      zoneReads(['GetHostedZone', 'ListResourceRecordSetProtections', 'ListResourceRecordSets']),
      changing(config),
    ],
    plugins: [
      zoneReads(['GetHostedZone', 'ListResourceRecordSets']),
      { sid: 'AwaitChange', actions: ['route53:GetChange'], resources: [changesArn(config.blueLoadBalancer)] },
      changing(config),
    ],
    clusters: { blue: [readBindings], green: [readBindings, readEndpoints(config.service.namespace)] },
  }
}
