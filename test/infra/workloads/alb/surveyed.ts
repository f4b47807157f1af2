import type { Surveyed } from '../../../../infra/workloads/alb/refusals.ts'
import { arns, site } from './fixture.ts'

/** A rule that can be moved, as it is read before anything is decided. */
export const surveyed: Surveyed = {
  config: site.config,
  switchPoint: site.found.switchPoint,
  described: {
    rest: {},
    actions: [
      {
        Type: 'forward',
        Order: 1,
        TargetGroupArn: arns.blue,
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: arns.blue, Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ],
  },
  rules: [],
  rule: undefined,
  idleTimeoutSeconds: 60,
  crossZone: true,
  network: null,
  listener: { ListenerArn: arns.listener, LoadBalancerArn: arns.loadBalancer, Port: 80, Protocol: 'HTTP' },
  loadBalancer: { LoadBalancerArn: arns.loadBalancer, LoadBalancerName: 'shop', Type: 'application' },
  targetGroup: { TargetGroupArn: arns.blue, TargetType: 'ip', LoadBalancerArns: [arns.loadBalancer] },
  targetGroupAttributes: { 'stickiness.enabled': 'false' },
  tags: new Map<string, Record<string, string>>([
    [arns.rule, { team: 'shop' }],
    [arns.listener, {}],
    [arns.loadBalancer, {}],
    [arns.blue, {}],
  ]),
  bindings: {
    blue: [
      {
        namespace: 'shop',
        name: 'search',
        targetGroupArn: arns.blue,
        service: { name: 'search', port: 80 },
        multiCluster: false,
        labels: {},
      },
    ],
    green: [],
  },
}
