/**
 * Where a virtual VPC address lives on this machine. Pods, nodes and load balancers have addresses of a VPC (10.0.x.y);
 * their sockets are on loopback, on ports that the system picked, so the sandbox runs on any platform without root.
 */
export interface Socket {
  host: string
  port: number
}

export class AddressBook {
  readonly #sockets = new Map<string, Socket>()

  bind(ip: string, port: number, socket: Socket): void {
    this.#sockets.set(`${ip}:${port}`, socket)
  }

  unbind(ip: string, port: number): void {
    this.#sockets.delete(`${ip}:${port}`)
  }

  /** undefined: nothing listens there, so a connection is refused. */
  resolve(ip: string, port: number): Socket | undefined {
    return this.#sockets.get(`${ip}:${port}`)
  }
}
