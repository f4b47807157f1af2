import type { AddressBook, Socket } from '../../network/addresses.ts'
import type { Container, Pod } from '../types.ts'
import { ContainerServer, type Identity, type Program } from './container-server.ts'
import type { PodFault } from './faults.ts'

export interface PodPort {
  name?: string
  containerPort: number
  socket: Socket
}

const workloadLabels = ['app.kubernetes.io/name', 'app']

function workloadOf({ metadata }: Pod): string {
  const labels = metadata.labels ?? {}
  return workloadLabels.map((label) => labels[label]).find(Boolean) ?? metadata.name
}

/** The variable VERSION, else the image's tag. */
function versionOf({ env, image = '' }: Container): string {
  return env?.find(({ name }) => name === 'VERSION')?.value ?? /:([^:/@]+)$/.exec(image)?.[1] ?? 'latest'
}

/** The servers of one pod, bound to its VPC address. */
export class RunningPod {
  readonly ip: string
  readonly workload: string
  restarts = 0
  #ports: { port: PodPort; server: ContainerServer }[] = []
  /** Servers that still answer what they had begun. */
  readonly #ending = new Set<ContainerServer>()
  readonly #pod: Pod
  readonly #colour: string
  readonly #addresses: AddressBook
  readonly #fault: () => PodFault | undefined
  readonly #programOf: (image: string) => Program | undefined

  constructor(
    pod: Pod,
    ip: string,
    colour: string,
    addresses: AddressBook,
    fault: (workload: string) => PodFault | undefined,
    programOf: (image: string) => Program | undefined,
  ) {
    this.ip = ip
    this.workload = workloadOf(pod)
    this.#pod = pod
    this.#colour = colour
    this.#addresses = addresses
    this.#fault = () => fault(this.workload)
    this.#programOf = programOf
  }

  get listening(): boolean {
    return this.#ports.length > 0
  }

  get ports(): PodPort[] {
    return this.#ports.map(({ port }) => port)
  }

  async listen(): Promise<void> {
    const { metadata, spec } = this.#pod
    for (const container of spec.containers) {
      const { workload } = this
      const identity: Identity = { workload, cluster: this.#colour, pod: metadata.name, version: versionOf(container) }
      for (const { name, containerPort, protocol = 'TCP' } of container.ports ?? []) {
        if (protocol !== 'TCP') continue
        const server = new ContainerServer(identity, this.#fault, this.#programOf(container.image ?? ''))
        const socket = await server.listen()
        this.#ports.push({ port: { ...(name && { name }), containerPort, socket }, server })
        this.#addresses.bind(this.ip, containerPort, socket)
      }
    }
  }

  /** No new connections; what is being answered is answered. */
  async close(): Promise<void> {
    await Promise.all(this.#withdraw().map((server) => this.#end(server, server.close())))
  }

  /** At once, whatever is being answered or closed. */
  async kill(): Promise<void> {
    this.#withdraw().forEach((server) => this.#ending.add(server))
    await Promise.all([...this.#ending].map((server) => this.#end(server, server.kill())))
  }

  /** Nobody finds the pod any more. */
  #withdraw(): ContainerServer[] {
    const ports = this.#ports
    this.#ports = []
    for (const { port } of ports) this.#addresses.unbind(this.ip, port.containerPort)
    return ports.map(({ server }) => server)
  }

  async #end(server: ContainerServer, ended: Promise<void>): Promise<void> {
    this.#ending.add(server)
    await ended
    this.#ending.delete(server)
  }
}
