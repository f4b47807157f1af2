import type { KubernetesObject } from '../object.ts'
import type { LabelSelector } from '../types.ts'

export const bindings = 'elbv2.k8s.aws/targetgroupbindings'
export const finalizer = 'elbv2.k8s.aws/resources'

export type TargetGroupBinding = KubernetesObject<{
  spec: {
    serviceRef: { name: string; port: number | string }
    targetGroupARN: string
    targetType?: 'instance' | 'ip'
    ipAddressType?: 'ipv4' | 'ipv6'
    vpcID?: string
    nodeSelector?: LabelSelector
    multiClusterTargetGroup?: boolean
    networking?: Record<string, unknown>
  }
  status?: { observedGeneration?: number }
}>

/** What a release of the controller can do, each with the release that brought it (kubernetes-sigs/aws-load-balancer-controller). */
export interface Abilities {
  /** `spec.vpcID`, filled in by the webhook. */
  vpcId: boolean
  /** Denials have the reason Forbidden; before, the sentence itself was the reason (controller-runtime under 0.15). */
  plainDenials: boolean
  /** `spec.multiClusterTargetGroup`: only targets of its own are deregistered. */
  multiCluster: boolean
  /** A binding whose endpoints and spec are as at the last success is not looked at again for half an hour. */
  checkpoints: boolean
}

function atLeast(version: string, wanted: string): boolean {
  const parts = (text: string) => text.split('.').map(Number)
  const [have, want] = [parts(version), parts(wanted)]
  const index = want.findIndex((part, at) => part !== have[at])
  return index < 0 || (have[index] ?? 0) > (want[index] ?? 0)
}

export function abilitiesOf(version: string): Abilities {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new RangeError(`a controller version is written like 2.4.5, not ${version}`)
  }
  return {
    vpcId: atLeast(version, '2.8.0'),
    plainDenials: atLeast(version, '2.9.0'),
    multiCluster: atLeast(version, '2.10.0'),
    checkpoints: atLeast(version, '2.10.0'),
  }
}
