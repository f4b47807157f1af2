import type { V1Endpoint } from '@kubernetes/client-node'
import { createConnection } from './connection.ts'

/** A TargetGroupBinding as far as it matters who binds which target group. */
export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly targetGroupArn: string
  readonly service: { readonly name: string; readonly port: number | string }
  readonly multiCluster: boolean
  readonly labels: Readonly<Record<string, string>>
}

/** How a Service is reached on every node of its cluster. */
export interface NodePortService {
  readonly ports: readonly { readonly name: string | null; readonly port: number; readonly nodePort: number | null }[]
  /** `externalTrafficPolicy: Local`: only nodes that hold a ready pod answer. */
  readonly localOnly: boolean
  /** Where such a node says whether it holds one. */
  readonly healthCheckNodePort: number | null
}

/** What we ask of a cluster. Every call ends within the time-out; a cluster that does not answer is an error, never an empty list. */
export interface ClusterReads {
  /** All bindings of the cluster; [] where the load-balancer controller's resource is not installed. */
  bindings(): Promise<readonly Binding[]>
  /** null: there is no such Service. */
  nodePorts(namespace: string, name: string): Promise<NodePortService | null>
  /** How many endpoints of the Service are ready, counted by address. */
  readyEndpoints(namespace: string, name: string): Promise<number>
  /** How many nodes hold one of them. */
  readyNodes(namespace: string, name: string): Promise<number>
}

/** The load-balancer controller's own resource. */
export const targetGroupBindings = { group: 'elbv2.k8s.aws', version: 'v1beta1', plural: 'targetgroupbindings' }

/** Reads a cluster through its kubeconfig. */
export function createClusterReads(kubeconfig: string, timeoutMs?: number): ClusterReads {
  const ask = createConnection(kubeconfig, timeoutMs)
  const readyOf = (namespace: string, name: string) =>
    ask<V1Endpoint[]>(async ({ discovery }, bounded) => {
      const labelSelector = `kubernetes.io/service-name=${name}`
      const slices = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector }, bounded)
      return slices.items.flatMap((slice) => slice.endpoints ?? []).filter((e) => e.conditions?.ready !== false)
    }, [])
  return {
    bindings: () =>
      ask(async ({ objects }, bounded) => {
        const list = (await objects.listClusterCustomObject(targetGroupBindings, bounded)) as { items: RawBinding[] }
        return list.items.map(bindingOf)
      }, []),
    nodePorts: (namespace, name) =>
      ask<NodePortService | null>(async ({ core }, bounded) => {
        const { spec } = await core.readNamespacedService({ namespace, name }, bounded)
        return {
          ports: (spec?.ports ?? []).map((p) => ({ name: p.name ?? null, port: p.port, nodePort: p.nodePort ?? null })),
          localOnly: spec?.externalTrafficPolicy === 'Local',
          healthCheckNodePort: spec?.healthCheckNodePort ?? null,
        }
      }, null),
    readyEndpoints: async (namespace, name) =>
      new Set((await readyOf(namespace, name)).flatMap(({ addresses }) => addresses)).size,
    readyNodes: async (namespace, name) =>
      new Set((await readyOf(namespace, name)).flatMap(({ nodeName }) => nodeName ?? [])).size,
  }
}

interface RawBinding {
  metadata: { namespace: string; name: string; labels?: Record<string, string> }
  spec: {
    targetGroupARN?: string
    serviceRef: { name: string; port: number | string }
    multiClusterTargetGroup?: boolean
  }
}

const bindingOf = ({ metadata, spec }: RawBinding): Binding => ({
  namespace: metadata.namespace,
  name: metadata.name,
  targetGroupArn: spec.targetGroupARN ?? '',
  service: spec.serviceRef,
  multiCluster: spec.multiClusterTargetGroup ?? false,
  labels: metadata.labels ?? {},
})
