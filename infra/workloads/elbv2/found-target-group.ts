import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { FoundFlows, FoundTargetGroup } from './found.ts'

type Attributes = Readonly<Record<string, string>>

/** What of a target group decides how traffic is served, as AWS describes it. */
export function foundTargetGroup(group: TargetGroup, attributes: Attributes): FoundTargetGroup {
  const flows = flowsOf(group, attributes)
  return {
    arn: group.TargetGroupArn ?? '',
    vpcId: group.VpcId ?? '',
    port: group.Port ?? 0,
    protocol: group.Protocol ?? 'HTTP',
    protocolVersion: flows ? null : (group.ProtocolVersion ?? 'HTTP1'),
    ipAddressType: group.IpAddressType ?? 'ipv4',
    healthCheck: {
      path: group.HealthCheckPath ?? null,
      port: group.HealthCheckPort ?? 'traffic-port',
      protocol: group.HealthCheckProtocol ?? 'HTTP',
      matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? null,
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: group.HealthyThresholdCount ?? 5,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    },
    deregistrationDelaySeconds: Number(attributes['deregistration_delay.timeout_seconds'] ?? 300),
    slowStartSeconds: flows ? null : Number(attributes['slow_start.duration_seconds'] ?? 0),
    algorithm: flows ? null : (attributes['load_balancing.algorithm.type'] ?? 'round_robin'),
    crossZone: attributes['load_balancing.cross_zone.enabled'] ?? 'use_load_balancer_configuration',
    flows,
  }
}

/** By protocol: a network load balancer's groups and an application load balancer's have different attributes. */
function flowsOf({ Protocol: protocol }: TargetGroup, attributes: Attributes): FoundFlows | null {
  if (protocol === undefined || protocol === 'HTTP' || protocol === 'HTTPS') return null
  const isOn = (key: string): boolean => attributes[key] === 'true'
  const unhealthy = 'target_health_state.unhealthy'
  return {
    preserveClientIp: isOn('preserve_client_ip.enabled'),
    proxyProtocolV2: isOn('proxy_protocol_v2.enabled'),
    terminatedOnDeregistration: isOn('deregistration_delay.connection_termination.enabled'),
    whenUnhealthy:
      attributes[`${unhealthy}.connection_termination.enabled`] === undefined
        ? null
        : {
            terminated: isOn(`${unhealthy}.connection_termination.enabled`),
            drainingSeconds: Number(attributes[`${unhealthy}.draining_interval_seconds`] ?? 0),
          },
  }
}
