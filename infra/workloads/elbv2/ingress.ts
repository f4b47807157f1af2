import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { isAddressRange, isIpv6Range } from '../../aws/address-ranges.ts'
import { tagsFor } from '../../names.ts'
import type { Site } from '../kind.ts'

/** One port of a security group that is opened for another group, or for a range of addresses. */
export interface IngressPlan {
  readonly name: string
  readonly securityGroup: string
  readonly from: string
  readonly port: number
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
}

/** `to`: what it leads to, in words. EC2 takes no apostrophe in a description. */
export const ingressPlan = (
  { migration, workload }: Pick<Site, 'migration' | 'workload'>,
  name: string,
  rule: Pick<IngressPlan, 'securityGroup' | 'from' | 'port'>,
  to: string,
): IngressPlan => ({
  name,
  ...rule,
  description: `${workload}: from the load balancer to ${to}`,
  tags: tagsFor(migration, workload, 'green'),
})

export function ingressRule(plan: IngressPlan, options: pulumi.CustomResourceOptions): pulumi.Resource {
  return new aws.vpc.SecurityGroupIngressRule(
    plan.name,
    {
      securityGroupId: plan.securityGroup,
      ...sourceOf(plan.from),
      ipProtocol: 'tcp',
      fromPort: plan.port,
      toPort: plan.port,
      description: plan.description,
      tags: { ...plan.tags },
    },
    options,
  )
}

function sourceOf(from: string) {
  if (!isAddressRange(from)) return { referencedSecurityGroupId: from }
  return isIpv6Range(from) ? { cidrIpv6: from } : { cidrIpv4: from }
}
