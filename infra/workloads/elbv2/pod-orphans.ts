import type { Aws } from '../../aws/clients.ts'
import { revokeIngress } from '../../aws/security-groups.ts'
import { removeBinding } from '../../kubernetes/bindings.ts'
import { createClusterReads } from '../../kubernetes/reads.ts'
import { bindingName, logical } from '../../names.ts'
import type { ResourceName } from '../kind.ts'
import { describeSwitchPoint } from './describe.ts'
import type { PodSite } from './found-pods.ts'
import { weightsOf } from './observe.ts'
import { removeTargetGroup, removeTestRoute, testRouteType } from './orphans.ts'
import { podIngressPlans } from './pod-ingress.ts'

/** First what refers to the target group, then the group. */
export const creates = (site: PodSite): readonly ResourceName[] => [
  { type: testRouteType(site), name: logical.testRoute },
  { type: 'kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding', name: logical.binding },
  ...podIngressPlans(site).map(({ name }) => ({
    type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
    name,
  })),
  { type: 'aws:lb/targetGroup:TargetGroup', name: logical.targetGroup },
]

/** Rules, listeners and target groups are known by our tags, the binding by its name, a security-group rule by its description. */
export async function removeOrphan(site: PodSite, { name }: ResourceName, aws: Aws): Promise<string | null> {
  switch (name) {
    case logical.testRoute:
      return removeTestRoute(site, aws)
    case logical.targetGroup:
      return removeTargetGroup(site, aws)
    case logical.binding:
      return removeGreenBinding(site, weighsMoreThanNothing(site, aws))
    default: {
      const ingress = podIngressPlans(site).find((one) => one.name === name)
      return ingress ? revokeIngress(ingress, aws) : null
    }
  }
}

/**
 * Green's binding, by its name. Throws when what it binds to may have traffic: then it is no orphan, whatever our records say.
 * @param hasTraffic  of a target group's ARN, read afresh
 */
export async function removeGreenBinding(
  { migration, workload, config, green }: Omit<PodSite, 'found'>,
  hasTraffic: (targetGroupArn: string) => Promise<boolean>,
): Promise<string | null> {
  const { namespace } = config.service
  const name = bindingName(migration, workload)
  const bindings = await createClusterReads(green.kubeconfig).bindings()
  const binding = bindings.find((one) => one.namespace === namespace && one.name === name)
  if (!binding) return null
  if (await hasTraffic(binding.targetGroupArn)) {
    throw new Error(
      `${namespace}/${name} in green is not in our record, and may have traffic; look at it, nothing was deleted`,
    )
  }
  await removeBinding(green.kubeconfig, namespace, name)
  return `${namespace}/${name}`
}

const weighsMoreThanNothing =
  ({ found }: PodSite, aws: Aws) =>
  async (targetGroupArn: string): Promise<boolean> => {
    const described = await describeSwitchPoint(found.switchPoint, aws)
    return (weightsOf(described?.actions ?? [])?.get(targetGroupArn) ?? 0) > 0
  }
