import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse as parseYaml } from 'yaml'
import type { FieldValidation } from '../registry/draft.ts'
import type { WriteOptions } from '../registry/api.ts'
import { isFields, type Fields } from '../object.ts'
import { decodeProtobuf, protobufType } from './protobuf-body.ts'
import { badRequest, tooLarge, unsupportedMediaType } from '../status-error.ts'

/** The API server's own limit for a body. */
const bodyLimit = 3 * 1024 * 1024

const accepted = `application/json, application/yaml, ${protobufType}`

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams

  constructor(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'https://cluster')
    this.request = request
    this.response = response
    this.method = request.method ?? 'GET'
    this.path = url.pathname
    this.query = url.searchParams
  }

  parameter(name: string): string | undefined {
    return this.query.get(name) ?? undefined
  }

  flag(name: string): boolean {
    return ['true', '1'].includes(this.query.get(name) ?? '')
  }

  header(name: string): string {
    const value = this.request.headers[name]
    return (Array.isArray(value) ? value.join(',') : value) ?? ''
  }

  get mediaType(): string {
    return this.header('content-type').split(';')[0]?.trim() || 'application/json'
  }

  /** Shown by kubectl after its own output. */
  warn(message: string): void {
    this.response.appendHeader('warning', `299 - ${JSON.stringify(message)}`)
  }

  async #bytes(): Promise<Buffer> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > bodyLimit) throw tooLarge(bodyLimit)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }

  /** The body as a value; YAML where the media type says so, as server-side apply does. */
  async body(): Promise<unknown> {
    if (this.mediaType === protobufType) return decodeProtobuf(await this.#bytes())
    const yaml = this.mediaType.endsWith('yaml')
    if (!yaml && !this.mediaType.endsWith('json')) throw unsupportedMediaType(accepted)
    const text = (await this.#bytes()).toString('utf8')
    if (text === '') return undefined
    try {
      return yaml ? (parseYaml(text) as unknown) : (JSON.parse(text) as unknown)
    } catch (error) {
      throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`)
    }
  }

  async object(): Promise<Fields> {
    const body = await this.body()
    if (!isFields(body)) throw badRequest('the object provided is not a JSON object')
    return body
  }

  /** What every write says about itself in its query. `validates` is false where the server's version ignores `fieldValidation`. */
  writeOptions(validates: boolean): WriteOptions {
    const dryRun = this.query.getAll('dryRun')
    if (dryRun.some((one) => one !== 'All')) throw badRequest(`invalid dryRun value: ${dryRun.join(',')}`)
    return { manager: this.#manager(), dryRun: dryRun.length > 0, validation: this.#validation(validates) }
  }

  #manager(): string {
    return this.parameter('fieldManager') ?? (this.header('user-agent').split('/')[0] || 'unknown')
  }

  #validation(validates: boolean): FieldValidation {
    const directive = this.parameter('fieldValidation') ?? 'Warn'
    const known = directive === 'Strict' || directive === 'Warn' || directive === 'Ignore'
    return { directive: validates && known ? directive : 'Ignore', warn: (message) => this.warn(message) }
  }
}
