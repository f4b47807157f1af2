import { createServer } from 'node:http'
import type { AddressBook } from '../../network/addresses.ts'
import { Doorway } from './doorway.ts'

/**
 * A node's answer to load balancers that ask whether it has pods of a Service of its own: 200 or 503 and how many
 * (kube-proxy, `pkg/proxy/healthcheck/service_health.go`).
 */
export class HealthPort extends Doorway {
  readonly #service: { namespace: string; name: string }
  #localEndpoints = 0

  constructor(addresses: AddressBook, ip: string, port: number, service: { namespace: string; name: string }) {
    const server = createServer((_request, response) => {
      const status = this.#localEndpoints > 0 ? 200 : 503
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ service: this.#service, localEndpoints: this.#localEndpoints }))
    })
    super(addresses, ip, port, server)
    this.#service = service
  }

  async answer(localEndpoints: number): Promise<void> {
    this.#localEndpoints = localEndpoints
    await this.setOpen(true)
  }
}
