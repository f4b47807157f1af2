import type { Cluster } from '../../kubernetes/cluster.ts'
import { create, namespaceOf } from '../manifests.ts'
import type { Pipeline } from '../scenario.ts'
import { ingressBinding } from './ingress-dns.ts'
import { namespace, serviceManifests } from './services.ts'

/** The definition of TargetGroupBindings, which comes with the load-balancer controller. */
const bindingDefinition = { name: 'targetgroupbindings.elbv2.k8s.aws' }

/** What the team deploys to every cluster: its services, and the ingress controller before some of them. */
export async function deployServices(cluster: Cluster): Promise<void> {
  await create(cluster, [namespaceOf(namespace), ...serviceManifests()])
  await cluster.installIngressController()
}

/**
 * The team's own delivery to green. The load-balancer controller belongs to whoever builds the cluster: once it is there, the
 * ingress controller is bound to its load balancer.
 */
export const pipelineFor =
  (ingressTargetGroup: string): Pipeline =>
  async (green, signal) => {
    await until(green, signal, () => green.store.list('/nodes').length > 0)
    await deployServices(green)
    await until(green, signal, () => isBindable(green))
    await create(green, [ingressBinding(ingressTargetGroup)])
  }

/** A binding that comes before the controller's webhooks serve is refused. */
const isBindable = ({ store }: Cluster): boolean => {
  const controller = store.get<{ metadata: object; status?: { availableReplicas?: number } }>('apps/deployments', {
    namespace: 'kube-system',
    name: 'aws-load-balancer-controller',
  })
  const defined = store.get('apiextensions.k8s.io/customresourcedefinitions', bindingDefinition)
  return defined !== undefined && (controller?.status?.availableReplicas ?? 0) > 0
}

/** Resolves when it holds in the cluster; rejects when nobody needs it any more. */
function until({ store }: Cluster, signal: AbortSignal, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      unsubscribe()
      signal.removeEventListener('abort', abandon)
    }
    const abandon = () => {
      end()
      reject(new Error('the cluster is gone'))
    }
    const look = () => {
      if (!holds()) return
      end()
      resolve()
    }
    const unsubscribe = store.subscribe(look)
    signal.addEventListener('abort', abandon)
    if (signal.aborted) abandon()
    else look()
  })
}
