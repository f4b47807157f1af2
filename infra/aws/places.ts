import type { Aws } from './clients.ts'

/** The IPv4 and IPv6 ranges of subnets: where the addresses of a load balancer in them come from. */
export async function subnetRanges(SubnetIds: readonly string[], aws: Aws): Promise<string[]> {
  if (SubnetIds.length === 0) return []
  const { DescribeSubnetsCommand } = await import('@aws-sdk/client-ec2')
  const ec2 = await aws.ec2()
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...SubnetIds] }))
  return Subnets.flatMap(({ CidrBlock, Ipv6CidrBlockAssociationSet = [] }) => [
    ...(CidrBlock ? [CidrBlock] : []),
    ...Ipv6CidrBlockAssociationSet.flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []),
  ])
}

/** EC2 takes at most so many values in one filter. */
const valuesPerFilter = 200

/** The zone of each instance; one that is gone is left out. */
export async function zonesOfInstances(ids: readonly string[], aws: Aws): Promise<ReadonlyMap<string, string>> {
  const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2')
  const ec2 = await aws.ec2()
  const zones = new Map<string, string>()
  for (let at = 0; at < ids.length; at += valuesPerFilter) {
    const Filters = [{ Name: 'instance-id', Values: ids.slice(at, at + valuesPerFilter) }]
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
    for (const { InstanceId, Placement } of Reservations.flatMap(({ Instances }) => Instances ?? [])) {
      zones.set(InstanceId ?? '', Placement?.AvailabilityZone ?? 'unknown')
    }
  }
  return zones
}
