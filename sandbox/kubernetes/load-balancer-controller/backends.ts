import type { TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { nameOf } from '../object.ts'
import { selects } from '../store/selectors.ts'
import type { Store } from '../store/store.ts'
import type { Endpoints, Node, Service, ServicePort } from '../types.ts'
import type { TargetGroupBinding } from './binding.ts'

/** The Service, its port or its Endpoints are not there; the controller then empties the target group. */
export class BackendNotFound extends Error {
  constructor(message: string) {
    super(`backend not found: ${message}`)
  }
}

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly port: number | string
}

const referenceOf = ({ metadata, spec }: TargetGroupBinding): ServiceReference => ({
  namespace: metadata.namespace ?? '',
  ...spec.serviceRef,
})

function servicePort(
  store: Store,
  { namespace, name, port: wanted }: ServiceReference,
): { service: Service; port: ServicePort } {
  const service = store.get<Service>('/services', { namespace, name })
  if (!service) throw new BackendNotFound(`Service "${name}" not found`)
  const ports = service.spec.ports ?? []
  const port = ports.find((one) => (typeof wanted === 'string' ? one.name === wanted : one.port === wanted))
  if (!port) throw new BackendNotFound(`unable to find port ${wanted} on service ${nameOf(service.metadata)}`)
  return { service, port }
}

/** Addresses of ready pods behind the port of a Service. Throws BackendNotFound. */
export function readyPods(store: Store, reference: ServiceReference): { ip: string; port: number }[] {
  const { service, port } = servicePort(store, reference)
  const endpoints = store.get<Endpoints>('/endpoints', service.metadata)
  if (!endpoints) throw new BackendNotFound(`Endpoints "${service.metadata.name}" not found`)
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports
      .filter(({ name }) => !port.name || port.name === name)
      .flatMap((one) =>
        addresses.filter(({ targetRef }) => targetRef?.kind === 'Pod').map(({ ip }) => ({ ip, port: one.port })),
      ),
  )
}

const excluded = [
  'node-role.kubernetes.io/master',
  'node.kubernetes.io/exclude-from-external-load-balancers',
  'alpha.service-controller.kubernetes.io/exclude-balancer',
]

const isReady = ({ status }: Node) =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false

/** Ready nodes, by their instances, on the Service's node port. */
function nodeTargets(store: Store, binding: TargetGroupBinding): TargetDescription[] {
  const { service, port } = servicePort(store, referenceOf(binding))
  if (service.spec.type !== 'NodePort' && service.spec.type !== 'LoadBalancer') {
    throw new Error(`service type must be either 'NodePort' or 'LoadBalancer': ${nameOf(service.metadata)}`)
  }
  const { nodeSelector } = binding.spec
  const carries = ({ metadata: { labels = {} } }: Node) =>
    nodeSelector ? selects(nodeSelector, labels) : !excluded.some((label) => label in labels)
  return store
    .list<Node>('/nodes')
    .filter((node) => isReady(node) && carries(node))
    .map(({ spec }) => ({ Id: spec.providerID?.split('/').at(-1), Port: port.nodePort }))
}

/** The targets that a binding wants to be registered. */
export function backendsOf(store: Store, binding: TargetGroupBinding): TargetDescription[] {
  if (binding.spec.targetType !== 'ip') return nodeTargets(store, binding)
  return readyPods(store, referenceOf(binding)).map(({ ip, port }) => ({ Id: ip, Port: port }))
}
