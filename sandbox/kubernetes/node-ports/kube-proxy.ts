import type { AddressBook } from '../../network/addresses.ts'
import { parseName, startController, type Context, type Controller } from '../controllers/controller.ts'
import { itself } from '../controllers/replica-sets.ts'
import { nameOf } from '../object.ts'
import type { StoreEvent } from '../store/store.ts'
import type { EndpointSlice, Node, Service, ServicePort } from '../types.ts'
import type { Doorway } from './doorway.ts'
import { HealthPort } from './health-port.ts'
import { NodePort, type Endpoint } from './node-port.ts'

const serviceLabel = 'kubernetes.io/service-name'

const addressOf = ({ status }: Node): string | undefined =>
  status?.addresses?.find(({ type }) => type === 'InternalIP')?.address

const hasNodePorts = ({ spec: { type } }: Service): boolean => type === 'NodePort' || type === 'LoadBalancer'

/** An endpoint and the node that it is on. */
interface Placed extends Endpoint {
  readonly nodeName: string | undefined
}

/**
 * kube-proxy on every node: the node ports of Services and the health ports of those with local traffic alone. Endpoints
 * that end get no new connections; cluster IPs have no listeners, since nobody here connects to them.
 */
export class KubeProxy {
  readonly #context: Context
  readonly #addresses: AddressBook
  readonly #controller: Controller
  /** By Service, then by the node's address and port. */
  readonly #doorways = new Map<string, Map<string, Doorway>>()
  /** Closed for newcomers. */
  readonly #retired = new Set<Doorway>()

  constructor(context: Context, addresses: AddressBook) {
    this.#context = context
    this.#addresses = addresses
    const everyService = () => context.api.store.list<Service>('/services').map(({ metadata }) => nameOf(metadata))
    this.#controller = startController(context, {
      watches: {
        '/services': itself,
        'discovery.k8s.io/endpointslices': ({ object: { metadata } }: StoreEvent) => {
          const name = metadata.labels?.[serviceLabel]
          return name === undefined ? [] : [nameOf({ namespace: metadata.namespace, name })]
        },
        '/nodes': everyService,
      },
      reconcile: async (key) => {
        await this.#follow(key)
        return undefined
      },
    })
  }

  async stop(): Promise<void> {
    await this.#controller.stop()
    const open = [...this.#doorways.values()].flatMap((doorways) => [...doorways.values()])
    await Promise.all([...open, ...this.#retired].map((doorway) => doorway.kill()))
    this.#doorways.clear()
  }

  async #follow(key: string): Promise<void> {
    const { store } = this.#context.api
    const service = store.get<Service>('/services', parseName(key))
    const open = this.#doorways.get(key) ?? new Map<string, Doorway>()
    this.#doorways.set(key, open)
    const nodes = store.list<Node>('/nodes')
    const seen = new Set<string>()
    if (service && hasNodePorts(service)) {
      for (const node of nodes) await this.#serve(service, node, open, seen)
    }
    const alive = new Set(nodes.map(addressOf))
    for (const [address, doorway] of open) {
      if (seen.has(address)) continue
      open.delete(address)
      if (alive.has(address.split(':')[0])) this.#retired.add(doorway)
      await (this.#retired.has(doorway) ? doorway.retire() : doorway.kill())
    }
    if (open.size === 0) this.#doorways.delete(key)
  }

  async #serve(service: Service, node: Node, open: Map<string, Doorway>, seen: Set<string>): Promise<void> {
    const ip = addressOf(node)
    if (ip === undefined) return
    const { ports = [], externalTrafficPolicy, healthCheckNodePort } = service.spec
    const isLocal = externalTrafficPolicy === 'Local'
    const here = ({ nodeName }: Placed) => !isLocal || nodeName === node.metadata.name
    for (const port of ports) {
      if (!port.nodePort || (port.protocol ?? 'TCP') !== 'TCP') continue
      const address = `${ip}:${port.nodePort}`
      const number = port.nodePort
      const doorway = doorwayAt(open, address, NodePort, () => new NodePort(this.#addresses, ip, number))
      await doorway.serve(this.#endpointsOf(service, port).filter(here))
      seen.add(address)
    }
    if (!isLocal || !healthCheckNodePort) return
    const { namespace = '', name } = service.metadata
    const address = `${ip}:${healthCheckNodePort}`
    const make = () => new HealthPort(this.#addresses, ip, healthCheckNodePort, { namespace, name })
    const pods = new Set(ports.flatMap((port) => this.#endpointsOf(service, port).filter(here)).map((pod) => pod.ip))
    await doorwayAt(open, address, HealthPort, make).answer(pods.size)
    seen.add(address)
  }

  /** The ready ones behind one port of a Service. */
  #endpointsOf({ metadata }: Service, { name }: ServicePort): Placed[] {
    return (
      this.#context.api.store
        .list<EndpointSlice>('discovery.k8s.io/endpointslices', metadata.namespace)
        .filter((slice) => slice.metadata.labels?.[serviceLabel] === metadata.name)
        // A slice of a Service without pods has neither.
        .flatMap(({ endpoints = [], ports = [] }) => {
          const port = ports.find((one) => (one.name ?? '') === (name ?? ''))?.port
          if (port === undefined) return []
          return endpoints
            .filter(({ conditions }) => conditions.ready)
            .flatMap(({ addresses, nodeName }) => addresses.map((ip) => ({ ip, port, nodeName })))
        })
    )
  }
}

/** What is open at an address, made when nothing is. */
function doorwayAt<Kind extends Doorway>(
  open: Map<string, Doorway>,
  address: string,
  kind: abstract new (...args: never[]) => Kind,
  make: () => Kind,
): Kind {
  const known = open.get(address)
  if (known instanceof kind) return known
  const made = make()
  open.set(address, made)
  return made
}
