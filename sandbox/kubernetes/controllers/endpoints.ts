import { equal, nameOf, type Fields, type KubernetesObject } from '../object.ts'
import { selects } from '../store/selectors.ts'
import type { StoreEvent } from '../store/store.ts'
import type {
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  Endpoints,
  EndpointSubset,
  Pod,
  Service,
  SliceEndpoint,
} from '../types.ts'
import { parseName, startController, type Context, type Controller } from './controller.ts'
import { isReady, itself } from './replica-sets.ts'

const serviceLabel = 'kubernetes.io/service-name'
const managedBy = 'endpointslice.kubernetes.io/managed-by'
const sliceManager = 'endpointslice-controller.k8s.io'

const nameOfZone = 'topology.kubernetes.io/zone'

/** The ports of a service on one pod; a named target port may be another number on every pod. */
function portsOn(pod: Pod, { spec }: Service): EndpointPort[] {
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports)
  return (spec.ports ?? []).flatMap(({ name, port, targetPort = port, protocol = 'TCP', appProtocol }) => {
    const number =
      typeof targetPort === 'number' ? targetPort : declared.find((one) => one.name === targetPort)?.containerPort
    if (number === undefined) return []
    return [{ ...(name && { name }), port: number, protocol, ...(appProtocol && { appProtocol }) }]
  })
}

interface Backend {
  pod: Pod
  ip: string
  ports: EndpointPort[]
}

/** The pods behind a service that have an address, each with its ports. */
function backendsOf({ api }: Context, service: Service): Backend[] {
  const { selector } = service.spec
  if (!selector) return []
  return api.store.list<Pod>('/pods', service.metadata.namespace).flatMap((pod) => {
    const ip = pod.status?.podIP
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    const behind = selects({ matchLabels: selector }, pod.metadata.labels)
    return ip && behind && !ended ? [{ pod, ip, ports: portsOn(pod, service) }] : []
  })
}

const referenceTo = ({ metadata }: Pod) => ({
  kind: 'Pod',
  ...(metadata.namespace && { namespace: metadata.namespace }),
  name: metadata.name,
  uid: metadata.uid,
})

/** Backends with the same ports, together. */
function byPorts(backends: Backend[]): [EndpointPort[], Backend[]][] {
  const groups = Map.groupBy(backends, ({ ports }) => JSON.stringify(ports))
  return [...groups].map(([ports, members]) => [JSON.parse(ports) as EndpointPort[], members])
}

/** `v1 Endpoints`: pods that end are not in it at all. */
function subsetsOf(service: Service, backends: Backend[]): EndpointSubset[] {
  const staying = backends.filter(({ pod }) => !pod.metadata.deletionTimestamp)
  const address = ({ pod, ip }: Backend): EndpointAddress => ({
    ip,
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: referenceTo(pod),
  })
  const serves = ({ pod }: Backend) => isReady(pod) || service.spec.publishNotReadyAddresses === true
  return byPorts(staying).map(([ports, members]) => {
    const [ready, unready] = [members.filter(serves).map(address), members.filter((one) => !serves(one)).map(address)]
    return {
      ...(ready.length > 0 && { addresses: ready }),
      ...(unready.length > 0 && { notReadyAddresses: unready }),
      ...(ports.length > 0 && { ports }),
    }
  })
}

/** `discovery.k8s.io/v1 EndpointSlice`: pods that end stay in it as terminating, until they are gone. */
function sliceEndpoint({ api }: Context, service: Service, { pod, ip }: Backend): SliceEndpoint {
  const ends = pod.metadata.deletionTimestamp !== undefined
  const serving = isReady(pod)
  const node = pod.spec.nodeName ? api.store.get('/nodes', { name: pod.spec.nodeName }) : undefined
  const zone = node?.metadata.labels?.[nameOfZone]
  return {
    addresses: [ip],
    conditions: {
      ready: (serving && !ends) || service.spec.publishNotReadyAddresses === true,
      serving,
      terminating: ends,
    },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    targetRef: referenceTo(pod),
  }
}

const without = (fields: Fields, name: string): Fields => {
  const { [name]: _, ...rest } = fields
  return rest
}

class EndpointsOf {
  readonly #context: Context
  readonly #service: Service

  constructor(context: Context, service: Service) {
    this.#context = context
    this.#service = service
  }

  async write(): Promise<void> {
    // Without a selector, somebody else writes the endpoints.
    if (!this.#service.spec.selector) return
    const backends = backendsOf(this.#context, this.#service)
    await this.#writeEndpoints(backends)
    await this.#writeSlices(backends)
  }

  async #writeEndpoints(backends: Backend[]): Promise<void> {
    const { api } = this.#context
    const resource = api.resources.builtIn('endpoints')
    const { name, namespace, labels = {} } = this.#service.metadata
    const subsets = subsetsOf(this.#service, backends)
    const live = api.store.get<Endpoints>(resource.key, { namespace, name })
    const options = { manager: 'kube-controller-manager' }
    const content = subsets.length > 0 ? { subsets } : {}
    if (!live) await api.create(resource, { metadata: { name, namespace, labels }, ...content }, { namespace }, options)
    else if (!equal(live.subsets ?? [], subsets) || !equal(live.metadata.labels ?? {}, labels)) {
      const change = (object: KubernetesObject) => ({
        ...without(object, 'subsets'),
        ...content,
        metadata: { ...object.metadata, labels },
      })
      await api.patch(resource, live.metadata, change, options)
    }
  }

  /** One slice for each set of ports. The slices' names are their own; the service's label tells them apart from others'. */
  async #writeSlices(backends: Backend[]): Promise<void> {
    const { api } = this.#context
    const resource = api.resources.builtIn('endpointslices.discovery.k8s.io')
    const { name, namespace, uid, labels } = this.#service.metadata
    const options = { manager: 'kube-controller-manager' }
    const own = api.store
      .list<EndpointSlice>(resource.key, namespace)
      .filter(({ metadata }) => metadata.labels?.[serviceLabel] === name && metadata.labels[managedBy] === sliceManager)
    const groups = byPorts(backends)
    const wanted = groups.length > 0 ? groups : [[[], []] satisfies [EndpointPort[], Backend[]]]
    for (const [ports, members] of wanted) {
      const endpoints = members.map((member) => sliceEndpoint(this.#context, this.#service, member))
      const live =
        own.find((slice) => equal(slice.ports, ports)) ??
        own.find((slice) => !wanted.some(([other]) => equal(other, slice.ports)))
      if (live) own.splice(own.indexOf(live), 1)
      const metadata = {
        generateName: `${name}-`,
        namespace,
        labels: { ...labels, [serviceLabel]: name, [managedBy]: sliceManager },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
      }
      if (!live) await api.create(resource, { metadata, addressType: 'IPv4', endpoints, ports }, { namespace }, options)
      else if (!equal(live.endpoints, endpoints) || !equal(live.ports, ports)) {
        await api.patch(resource, live.metadata, (object) => ({ ...object, endpoints, ports }), options)
      }
    }
    for (const slice of own) api.delete(resource, slice.metadata)
  }
}

/** Writes down, for every service, which pods are behind it: as Endpoints and as EndpointSlices. */
export function startEndpoints(context: Context): Controller {
  const { api } = context
  const endpoints = api.resources.builtIn('endpoints')
  const ofPod = ({ object, previous }: StoreEvent): string[] =>
    api.store
      .list<Service>('/services', object.metadata.namespace)
      .filter(({ spec: { selector } }) => {
        const behind = (one?: KubernetesObject) =>
          one !== undefined && selects({ matchLabels: selector ?? {} }, one.metadata.labels)
        return selector && (behind(object) || behind(previous))
      })
      .map(({ metadata }) => nameOf(metadata))
  return startController(context, {
    watches: { '/services': itself, '/pods': ofPod },
    async reconcile(key) {
      const service = api.store.get<Service>('/services', parseName(key))
      if (service) await new EndpointsOf(context, service).write()
      // The slices have an owner and are collected; Endpoints only share the service's name.
      else if (api.store.get(endpoints.key, parseName(key))) api.delete(endpoints, parseName(key))
      return undefined
    },
  })
}
