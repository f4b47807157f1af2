import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CachingResolver } from './caching-resolver.ts'

/** An HTTP agent that looks names up only when it opens a connection: those that it keeps go on to where they went. */
export class ResolvingAgent extends Agent {
  readonly #resolver: CachingResolver

  constructor(resolver: CachingResolver, options: AgentOptions = {}) {
    super(options)
    this.#resolver = resolver
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    callback?: (error: Error | null, connection: Duplex) => void,
  ): undefined {
    this.#resolver.connect(host ?? '', Number(port ?? 80)).then(
      (connection) => callback?.(null, connection),
      // Node hands a failure on by its first argument alone.
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    )
    return undefined
  }
}
