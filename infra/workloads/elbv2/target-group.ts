import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import type { FoundFlows } from './found.ts'
import type { TargetGroupPlan } from './plan.ts'

/** Like blue's in everything that changes how traffic is served. Auto-named: a fixed name could not be replaced while in use. */
export function targetGroup(
  { namePrefix, targetType, port, healthCheckPort, like, tags }: TargetGroupPlan,
  options: pulumi.CustomResourceOptions,
): aws.lb.TargetGroup {
  const { healthCheck, protocolVersion, slowStartSeconds, algorithm, flows } = like
  return new aws.lb.TargetGroup(
    logical.targetGroup,
    {
      namePrefix,
      targetType,
      vpcId: like.vpcId,
      port,
      protocol: like.protocol,
      ...(protocolVersion === null ? {} : { protocolVersion }),
      ipAddressType: like.ipAddressType,
      deregistrationDelay: like.deregistrationDelaySeconds,
      ...(slowStartSeconds === null ? {} : { slowStart: slowStartSeconds }),
      ...(algorithm === null ? {} : { loadBalancingAlgorithmType: algorithm }),
      loadBalancingCrossZoneEnabled: like.crossZone,
      ...(flows ? flowArgs(flows) : {}),
      healthCheck: {
        enabled: true,
        ...(healthCheck.path === null ? {} : { path: healthCheck.path }),
        ...(healthCheck.matcher === null ? {} : { matcher: healthCheck.matcher }),
        port: healthCheckPort,
        protocol: healthCheck.protocol,
        interval: healthCheck.intervalSeconds,
        timeout: healthCheck.timeoutSeconds,
        healthyThreshold: healthCheck.healthyThreshold,
        unhealthyThreshold: healthCheck.unhealthyThreshold,
      },
      tags: { ...tags },
    },
    options,
  )
}

const flowArgs = ({ preserveClientIp, proxyProtocolV2, terminatedOnDeregistration, whenUnhealthy }: FoundFlows) => ({
  preserveClientIp: String(preserveClientIp),
  proxyProtocolV2,
  connectionTermination: terminatedOnDeregistration,
  ...(whenUnhealthy
    ? {
        targetHealthStates: [
          {
            enableUnhealthyConnectionTermination: whenUnhealthy.terminated,
            unhealthyDrainingInterval: whenUnhealthy.drainingSeconds,
          },
        ],
      }
    : {}),
})
