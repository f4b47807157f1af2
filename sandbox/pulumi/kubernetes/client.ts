import { Agent, request, type RequestOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Properties } from '../properties.ts'

/** An API server's refusal, in its own words. */
export class StatusError extends Error {
  readonly status: number
  /** Such as `AlreadyExists`, `NotFound`, `Conflict`. */
  readonly reason: string
  readonly details: { kind?: string }

  constructor(status: number, body: { message?: string; reason?: string; details?: { kind?: string } }) {
    super(body.message ?? `the server answered with status ${status}`)
    this.status = status
    this.reason = body.reason ?? ''
    this.details = body.details ?? {}
  }
}

export function hasReason(error: unknown, ...reasons: string[]): error is StatusError {
  return error instanceof StatusError && reasons.includes(error.reason)
}

export type Query = Record<string, string | undefined>

export interface Body {
  contentType: string
  content: unknown
}

/** Plain HTTPS to one API server with a kubeconfig's trust and credentials. */
export class KubernetesClient {
  readonly #server: string
  readonly #options: RequestOptions
  readonly #agent: Agent

  private constructor(server: string, options: RequestOptions) {
    const { agent: _, ca, cert, key, rejectUnauthorized, servername, ...rest } = options
    this.#server = server.replace(/\/$/, '')
    this.#options = rest
    this.#agent = new Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized, servername })
  }

  static async create(config: KubeConfig): Promise<KubernetesClient> {
    const options: RequestOptions = {}
    await config.applyToHTTPSOptions(options)
    return new KubernetesClient(config.getCurrentCluster()?.server ?? '', options)
  }

  /** The answer's JSON. Throws StatusError for a refusal. */
  async send(method: string, path: string, signal: AbortSignal, query: Query = {}, body?: Body): Promise<Properties> {
    const url = new URL(this.#server + path)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    const { status, content } = await this.#exchange(method, url, signal, body)
    const parsed = (content === '' ? {} : parse(content)) as Properties
    if (status >= 400) throw new StatusError(status, parsed)
    return parsed
  }

  close(): void {
    this.#agent.destroy()
  }

  #exchange(method: string, url: URL, signal: AbortSignal, body: Body | undefined) {
    return new Promise<{ status: number; content: string }>((resolve, reject) => {
      const content = body && JSON.stringify(body.content)
      const headers = {
        ...(this.#options.headers as Record<string, string> | undefined),
        accept: 'application/json',
        ...(body && content && { 'content-type': body.contentType, 'content-length': Buffer.byteLength(content) }),
      }
      const exchange = request(url, { ...this.#options, method, headers, agent: this.#agent, signal }, (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, content: answer }), reject)
      })
      exchange.on('error', (error) =>
        reject(new Error(`${method} ${url.origin}${url.pathname}: ${error.message}`, { cause: error })),
      )
      exchange.end(content)
    })
  }
}

/** An answer that is no JSON comes from something before the API server; its text is the best message there is. */
function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return { message: content.slice(0, 500) }
  }
}
