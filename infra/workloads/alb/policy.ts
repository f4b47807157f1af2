import type { Policy, PolicyScope } from '../../policies/grant.ts'
import { switchPointOf } from '../elbv2/config.ts'
import { podClusters } from '../elbv2/pod-policy.ts'
import { counterGrants, podIngressGrants, switchGrants, together } from '../elbv2/policy.ts'
import type { AlbConfig } from './config.ts'

export function policy(config: AlbConfig, scope: PolicyScope): Policy {
  const { arn } = switchPointOf(config)
  return {
    ...together(switchGrants(config, scope), podIngressGrants(arn, config.podIngress, scope), {
      service: counterGrants(arn),
      plugins: [],
    }),
    clusters: podClusters(config.service.namespace),
  }
}
