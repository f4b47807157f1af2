import { computedOf, child, given, member, textOf, type Construction } from './component.ts'
import { isObject, type Properties, type Value } from '../properties.ts'
import type { Registered } from './monitor.ts'

const everywhere = { type: 'egress', fromPort: 0, toPort: 0, protocol: '-1', cidrBlocks: ['0.0.0.0/0'] }

/** The group that the control plane gets beside the one that EKS makes. */
export async function clusterGroup(construction: Construction): Promise<Registered> {
  const { name, args } = construction
  const group = await securityGroup(construction, `${name}-eksClusterSecurityGroup`, {
    Name: `${name}-eksClusterSecurityGroup`,
    ...tagsOf(args.clusterSecurityGroupTags),
    ...tagsOf(args.tags),
  })
  await rule(
    construction,
    `${name}-eksClusterInternetEgressRule`,
    {
      ...everywhere,
      description: 'Allow internet access.',
      securityGroupId: group.id,
    },
    [group],
  )
  return group
}

/** The group of the nodes, and the rules between it and the cluster's. */
export async function nodeGroups(construction: Construction, cluster: Registered, clusterGroupId: Value) {
  const { name, args } = construction
  const tags = computedOf([cluster.outputs.name], () => ({
    Name: `${name}-nodeSecurityGroup`,
    [`kubernetes.io/cluster/${textOf(cluster.outputs.name)}`]: 'owned',
    ...tagsOf(args.nodeSecurityGroupTags),
    ...tagsOf(args.tags),
  }))
  const group = await securityGroup(construction, `${name}-nodeSecurityGroup`, tags)
  const nodes = { type: 'ingress', securityGroupId: group.id }
  const fromCluster = { ...nodes, protocol: 'tcp', sourceSecurityGroupId: clusterGroupId }
  const rules: Readonly<Record<string, Properties>> = {
    eksNodeIngressRule: { ...nodes, protocol: '-1', fromPort: 0, toPort: 0, self: true },
    eksNodeClusterIngressRule: { ...fromCluster, fromPort: 1025, toPort: 65_535 },
    eksExtApiServerClusterIngressRule: { ...fromCluster, fromPort: 443, toPort: 443 },
    eksNodeInternetEgressRule: { ...everywhere, securityGroupId: group.id },
  }
  for (const [suffix, inputs] of Object.entries(rules))
    await rule(construction, `${name}-${suffix}`, inputs, [cluster, group])
  const ingress = await rule(
    construction,
    `${name}-eksClusterIngressRule`,
    {
      type: 'ingress',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      securityGroupId: clusterGroupId,
      sourceSecurityGroupId: group.id,
    },
    [cluster, group],
  )
  return { group, ingress }
}

function securityGroup(construction: Construction, name: string, tags: Value): Promise<Registered> {
  const { vpcId } = construction.args
  return child(construction, {
    type: 'aws:ec2/securityGroup:SecurityGroup',
    name,
    inputs: given({ vpcId, revokeRulesOnDelete: true, tags }),
  })
}

function rule(
  construction: Construction,
  name: string,
  inputs: Properties,
  dependsOn: Registered[],
): Promise<Registered> {
  return child(construction, { type: 'aws:ec2/securityGroupRule:SecurityGroupRule', name, inputs, dependsOn })
}

export function tagsOf(tags: Value | undefined): Properties {
  const known = member(tags)
  return isObject(known) ? known : {}
}
