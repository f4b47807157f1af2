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
        })),
    follow(onChange) {
      world.events.on('changed', onChange)
      return () => world.events.off('changed', onChange)
    },
  }
}
