import type { World } from './cloud/world.ts'
import type { NodeSource } from './kubernetes/joining-nodes.ts'

/** The running instances that carry a cluster's tag, `kubernetes.io/cluster/<name>`, as those of every EKS node group do. */
export function instanceNodes(world: World, cluster: string): NodeSource {
  const isNode = (id: string) => world.ec2.tags.get(id)?.has(`kubernetes.io/cluster/${cluster}`) ?? false
  return {
    running: () =>
      [...world.ec2.instances.values()]
        .filter(({ InstanceId, state }) => state === 'running' && isNode(InstanceId))
        .map((instance) => ({
          instanceId: instance.InstanceId,
          ip: instance.PrivateIpAddress,
          zone: instance.AvailabilityZone,
          instanceType: instance.InstanceType,
          labels: labelsOf(world, cluster, instance.InstanceId),
        })),
    follow(onChange) {
      world.events.on('changed', onChange)
      return () => world.events.off('changed', onChange)
    },
  }
}

/** What a kubelet of a managed node group says about itself, and the labels of its group. */
function labelsOf(world: World, cluster: string, instanceId: string): Record<string, string> {
  const name = world.ec2.tags.get(instanceId)?.get('eks:nodegroup-name')
  const nodegroup = world.eks.clusters.get(cluster)?.nodegroups.get(name ?? '')?.about
  if (!nodegroup) return {}
  return {
    'eks.amazonaws.com/nodegroup': nodegroup.nodegroupName,
    'eks.amazonaws.com/capacityType': nodegroup.capacityType ?? 'ON_DEMAND',
    ...nodegroup.labels,
  }
}
