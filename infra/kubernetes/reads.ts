import {
  CoreV1Api,
  CustomObjectsApi,
  DiscoveryV1Api,
  KubeConfig,
  Observable,
  type ConfigurationOptions,
} from '@kubernetes/client-node'

/** A TargetGroupBinding as far as it matters who binds which target group. */
export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly targetGroupArn: string
  readonly service: { readonly name: string; readonly port: number | string }
  readonly multiCluster: boolean
  readonly labels: Readonly<Record<string, string>>
}

export interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly targetPort: number | string
}

/** What we ask of a cluster. Every call ends within the time-out; a cluster that does not answer is an error, never an empty list. */
export interface ClusterReads {
  /** All bindings of the cluster; [] where the load-balancer controller's resource is not installed. */
  bindings(): Promise<readonly Binding[]>
  /** null: there is no such Service. */
  servicePorts(namespace: string, name: string): Promise<readonly ServicePort[] | null>
  /** How many endpoints of the Service are ready, counted by address. */
  readyEndpoints(namespace: string, name: string): Promise<number>
}

export class ClusterUnreachable extends Error {
  constructor(kubeconfig: string, cause: unknown) {
    super(`the cluster of ${kubeconfig} does not answer: ${sentenceOf(cause)}`, { cause })
    this.name = 'ClusterUnreachable'
  }
}

/** Reads a cluster through its kubeconfig. The file is read at the first call, so that a cluster may come later. */
export function createClusterReads(kubeconfig: string, timeoutMs = 10_000): ClusterReads {
  let apis: ReturnType<typeof connect> | undefined
  const bounded = boundedBy(timeoutMs)
  const ask = async <T>(question: (api: ReturnType<typeof connect>) => Promise<T>, absent: T): Promise<T> => {
    try {
      apis ??= connect(kubeconfig)
      return await question(apis)
    } catch (error) {
      if (statusOf(error) === 404) return absent
      throw new ClusterUnreachable(kubeconfig, error)
    }
  }
  return {
    bindings: () =>
      ask(async ({ objects }) => {
        const resource = { group: 'elbv2.k8s.aws', version: 'v1beta1', plural: 'targetgroupbindings' }
        const list = (await objects.listClusterCustomObject(resource, bounded)) as { items: RawBinding[] }
        return list.items.map(bindingOf)
      }, []),
    servicePorts: (namespace, name) =>
      ask<readonly ServicePort[] | null>(async ({ core }) => {
        const service = await core.readNamespacedService({ namespace, name }, bounded)
        return (service.spec?.ports ?? []).map((port) => ({
          ...(port.name ? { name: port.name } : {}),
          port: port.port,
          targetPort: port.targetPort ?? port.port,
        }))
      }, null),
    readyEndpoints: (namespace, name) =>
      ask(async ({ discovery }) => {
        const labelSelector = `kubernetes.io/service-name=${name}`
        const slices = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector }, bounded)
        const ready = slices.items
          .flatMap((slice) => slice.endpoints ?? [])
          .filter((e) => e.conditions?.ready !== false)
        return new Set(ready.flatMap((endpoint) => endpoint.addresses)).size
      }, 0),
  }
}

function connect(kubeconfig: string) {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  if (!config.getCurrentCluster()) throw new Error('it names no current cluster')
  return {
    core: config.makeApiClient(CoreV1Api),
    discovery: config.makeApiClient(DiscoveryV1Api),
    objects: config.makeApiClient(CustomObjectsApi),
  }
}

/** Ends each call after `ms`. */
const boundedBy = (ms: number): ConfigurationOptions => ({
  middlewareMergeStrategy: 'append',
  middleware: [
    {
      pre: (context) => {
        context.setSignal(AbortSignal.timeout(ms))
        return new Observable(Promise.resolve(context))
      },
      post: (context) => new Observable(Promise.resolve(context)),
    },
  ],
})

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

const statusOf = (error: unknown): number | undefined => (error as { code?: number }).code

function sentenceOf(error: unknown): string {
  const status = statusOf(error)
  if (typeof status === 'number') return `its API answers ${status}`
  const cause = (error as { cause?: { message?: string; code?: string } }).cause
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error))
}
