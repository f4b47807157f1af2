import { fieldsOf, listOf, type Draft, type Fields, type KubernetesObject } from '../object.ts'
import { invalid, invalidValue, type Subject } from '../status-error.ts'

/** EKS gives services 172.20.0.0/16 when the VPC lies in 10.0.0.0/8. The first address is the API server's own. */
const network = [172, 20] as const
const nodePorts = { first: 30000, last: 32767 }

const portsOf = (object: Fields | undefined): Fields[] => listOf(fieldsOf(object?.spec).ports).map(fieldsOf)

function freeAddress(taken: Set<unknown>): string {
  for (let host = 2; host < 2 ** 16; host++) {
    const address = `${network[0]}.${network[1]}.${host >> 8}.${host & 255}`
    if (!taken.has(address)) return address
  }
  throw new Error('no service address is left')
}

function freePort(taken: Set<unknown>): number {
  for (let port = nodePorts.first; port <= nodePorts.last; port++) if (!taken.has(port)) return port
  throw new Error('no node port is left')
}

/** Gives a service its cluster IP, its node ports and its health-check port, or keeps those that it has. Changes `draft`. */
export function allocate(
  subject: Subject,
  draft: Draft,
  live: KubernetesObject | undefined,
  services: KubernetesObject[],
): void {
  const spec = fieldsOf(draft.spec)
  if (spec.type === 'ExternalName') return
  const others = services.filter(({ metadata }) => metadata.uid !== live?.metadata.uid)
  const addresses = new Set(others.map((service) => fieldsOf(service.spec).clusterIP))
  spec.clusterIP ??= fieldsOf(live?.spec).clusterIP ?? freeAddress(addresses)
  spec.clusterIPs = [spec.clusterIP]

  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return
  const taken = new Set(
    others.flatMap((service) => [
      ...portsOf(service).map(({ nodePort }) => nodePort),
      fieldsOf(service.spec).healthCheckNodePort,
    ]),
  )
  const before = portsOf(live)
  portsOf(draft).forEach((port, index) => {
    port.nodePort ??=
      before.find((old) => old.port === port.port && old.protocol === port.protocol)?.nodePort ?? freePort(taken)
    const problem = problemOf(port.nodePort, taken)
    if (problem) {
      const field = `spec.ports[${index}].nodePort`
      throw invalid(subject, draft.metadata.name ?? '', [invalidValue(field, port.nodePort, problem)])
    }
    taken.add(port.nodePort)
  })
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return
  spec.healthCheckNodePort ??= fieldsOf(live?.spec).healthCheckNodePort ?? freePort(taken)
}

function problemOf(port: unknown, taken: Set<unknown>): string | undefined {
  const { first, last } = nodePorts
  if (Number(port) < first || Number(port) > last) {
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
  }
  return taken.has(port) ? 'provided port is already allocated' : undefined
}
