import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket as Connection } from 'node:net'
import * as packets from 'dns-packet'
import { canonicalName } from '../../cloud/route53/names.ts'
import { resolve, type Resolution } from '../../cloud/route53/resolution.ts'
import type { World } from '../../cloud/world.ts'
import type { Socket } from '../addresses.ts'
import { toWire } from './wire-form.ts'

const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const

/** Of a message's flags; all zero in a query (RFC 1035, 4.1.1). */
const opcodeBits = 0x7800

/** The longest UDP answer for a client that does not say how much it takes (RFC 1035, 2.3.4). */
const plainUdpBytes = 512

/**
 * The resolver of the VPC, on UDP and TCP at one port of loopback. It keeps nothing, so that the weights of every query are
 * Route 53's own and only clients cache. Its addresses are those of the VPC: see `Reach` for where they are on this machine.
 */
export class DnsServer {
  readonly #world: World
  readonly #datagrams: DatagramSocket = createSocket('udp4')
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  constructor(world: World) {
    this.#world = world
    this.#server = createServer((connection) => this.#serve(connection))
    this.#datagrams.on('message', (message, from) => this.#reply(message, from))
  }

  get socket(): Socket {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  async open(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    const { host, port } = this.socket
    this.#datagrams.bind(port, host)
    try {
      await once(this.#datagrams, 'listening')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      // The port that was free for TCP is somebody's for UDP: another one.
      await once(this.#server.close(), 'close')
      await this.open()
    }
  }

  async close(): Promise<void> {
    const closed = [once(this.#server, 'close'), once(this.#datagrams, 'close')]
    this.#datagrams.close()
    this.#server.close()
    for (const connection of this.#connections) connection.destroy()
    await Promise.all(closed)
  }

  #reply(message: Buffer, from: RemoteInfo): void {
    const query = decoded(message)
    if (!query) return
    const answer = this.#answer(query)
    const whole = packets.encode(answer)
    const fits = whole.length <= acceptedBytes(query)
    const bytes = fits
      ? whole
      : packets.encode({ ...answer, flags: (answer.flags ?? 0) | packets.TRUNCATED_RESPONSE, answers: [] })
    // Whoever asked and has gone gets no answer.
    this.#datagrams.send(bytes, from.port, from.address, () => undefined)
  }

  /** Each message comes after its length in two bytes. */
  #serve(connection: Connection): void {
    let received = Buffer.alloc(0)
    this.#connections.add(connection)
    connection.on('close', () => this.#connections.delete(connection))
    connection.on('error', () => connection.destroy())
    connection.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const query = decoded(received.subarray(2, end))
        received = received.subarray(end)
        if (!query) return connection.destroy()
        connection.write(packets.streamEncode(this.#answer(query)))
      }
    })
  }

  #answer(query: packets.DecodedPacket): packets.Packet {
    const [question, ...more] = query.questions ?? []
    const head = {
      type: 'response',
      id: query.id ?? 0,
      questions: query.questions ?? [],
      additionals: hasEdns(query) ? [edns] : [],
    } as const
    const flags = packets.RECURSION_AVAILABLE | ((query.flags ?? 0) & packets.RECURSION_DESIRED)
    if (!question || more.length > 0) return { ...head, flags: flags | codes.FORMERR }
    if (((query.flags ?? 0) & opcodeBits) !== 0) return { ...head, flags: flags | codes.NOTIMP }
    const { code, answers, soa } = this.#resolve(question)
    return {
      ...head,
      flags: flags | codes[code],
      answers: answers.flatMap((answer) => toWire(answer) ?? []),
      authorities: answers.length === 0 && soa ? [toWire(soa)].filter((record) => record !== undefined) : [],
    }
  }

  #resolve({ name, type }: packets.Question): Resolution {
    return resolve(this.#world, canonicalName(name), type)
  }
}

/** That we take longer answers, too (RFC 6891). */
const edns: packets.OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

function decoded(message: Buffer): packets.DecodedPacket | undefined {
  try {
    const packet = packets.decode(message)
    return packet.type === 'query' ? packet : undefined
  } catch {
    return undefined
  }
}

const optionOf = (query: packets.DecodedPacket) => query.additionals?.find(({ type }) => type === 'OPT')

const hasEdns = (query: packets.DecodedPacket): boolean => optionOf(query) !== undefined

function acceptedBytes(query: packets.DecodedPacket): number {
  const option = optionOf(query)
  return option?.type === 'OPT' ? Math.max(option.udpPayloadSize, plainUdpBytes) : plainUdpBytes
}
