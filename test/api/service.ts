import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { buildApp, type AppDependencies } from '../../api/app.ts'
import { guardedAccess } from '../../api/auth/access.ts'
import { tokenFor, type TokenRequest } from '../../api/auth/api-tokens.ts'
import type { Issuer } from '../../api/auth/issuers.ts'
import type { App } from '../../api/fastify.ts'
import { createClock } from '../../automation/clock.ts'
import { Cutover } from '../../automation/cutover.ts'
import type { Engine } from '../../automation/engine/engine.ts'
import { StackFiles } from '../../automation/engine/stack-files.ts'
import { Dispatcher } from '../../automation/dispatcher.ts'
import { Events } from '../../automation/events.ts'
import type { Workload } from '../../automation/migration.ts'
import { Observer } from '../../automation/observer.ts'
import { createAsk } from '../../automation/probe.ts'
import { createReader } from '../../automation/reader.ts'
import { ClusterRequests } from '../../automation/cluster/requests.ts'
import { OperationRuns } from '../../automation/operation-runs.ts'
import { Replica } from '../../automation/replica.ts'
import { Runner } from '../../automation/runner.ts'
import { passThrough } from '../../automation/stop-points.ts'
import { pgliteDialect } from '../../automation/store/pglite.ts'
import type { Work } from '../../automation/store/store.ts'
import { Store } from '../../automation/store/store.ts'
import type { WorkloadChange } from '../../automation/store/workloads.ts'
import { createConnections } from '../../automation/surroundings.ts'
import { document, yamlOf } from '../automation/document.ts'
import { openDoor } from '../support/open-door.ts'

/** What no test here may need: whoever asks it has gone too far. */
const noEngine: Engine = (() => {
  const never = (): never => {
    throw new Error('no test of the API runs the engine')
  }
  return {
    create: never,
    preview: never,
    up: never,
    refresh: never,
    destroy: never,
    inspect: never,
    unprotect: never,
    unlock: never,
    clearAway: never,
    start: never,
    stop: never,
    keepAlive: () => undefined,
    workerPids: () => [],
    notReady: () => null,
  }
})()

/** A replica of which nothing is here but its word that it is alive: what it has nobody takes. */
export const elsewhere = 'replica-elsewhere'

const nobodyListens = 'http://127.0.0.1:9'

/** The whole service but for its engine and its watching: a real journal, and an AWS that does not answer. */
export class TestApi {
  readonly app: App
  readonly cutover: Cutover
  readonly store: Store
  readonly #close: () => Promise<void>
  #stopped: Promise<void> | undefined

  private constructor(app: App, cutover: Cutover, store: Store, close: () => Promise<void>) {
    this.app = app
    this.cutover = cutover
    this.store = store
    this.#close = close
  }

  /** `journal: false`: its place cannot be made, so that whatever needs it fails. */
  static async start({ journal = true, issuers, ...doors }: TestApiOptions = {}): Promise<TestApi> {
    process.env['AWS_ACCESS_KEY_ID'] = 'test'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
    const folder = await mkdtemp(join(tmpdir(), 'api-'))
    const events = new Events()
    const clock = createClock()
    const aws = { endpoint: nobodyListens, maxAttempts: 1 }
    const place = journal ? 'journal' : 'file/journal'
    if (!journal) await writeFile(join(folder, 'file'), '')
    const store = new Store(pgliteDialect(join(folder, place), inject('pgliteTemplate')), events)
    if (journal) await store.open()
    const connections = createConnections(aws)
    const stacks = { folder: join(folder, 'stacks'), aws, plugins: {}, passphrase: 'test', environment: {} }
    const files = new StackFiles(stacks, store.read.stacks)
    const tools = { store, engine: noEngine, files, connections, clock, awsWaitSeconds: 900, pass: passThrough }
    const testRouteSecret = (workload: Workload) => files.testRouteSecret(workload)
    const ask = createAsk(null)
    const reader = createReader({ clock, connections, ask, testRouteSecret })
    const replica = new Replica({ store, alone: true, onRenewed: () => undefined, onLost: async () => undefined })
    if (journal) {
      await replica.start()
      await store.read.replicas.renew({ id: elsewhere, host: 'elsewhere', pid: 1, startedAt: '1' }, 3600)
    }
    const observer = new Observer({
      ...{ store, reader, clock, ask, testRouteSecret },
      replica,
      alone: true,
      onFiring: async () => undefined,
    })
    const runs = new OperationRuns()
    const runner = new Runner({ ...tools, runs, reader, goHome: async () => undefined })
    const clusters = new ClusterRequests(tools, runs)
    const dispatcher = new Dispatcher({ store, events, engine: noEngine, replica, runs, runner, clusters, slots: 8 })
    if (journal) dispatcher.start()
    const cutover = new Cutover({ ...tools, events, reader, observer, runner, runs, replica, clusters })
    const app = await buildApp({
      cutover,
      logLevel: 'silent',
      ...openDoor,
      ...doors,
      ...(issuers ? { access: guardedAccess(store.read.tokens, issuers) } : {}),
    })
    cutover.accept(true)
    return new TestApi(app, cutover, store, async () => {
      await app.close()
      await dispatcher.stop()
      await runs.handOver()
      connections.close()
      if (journal) await store.close()
      await rm(folder, { recursive: true, force: true })
    })
  }

  /** Once; whoever asks again waits for the same. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#close())
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', url, undefined, headers)
  }

  post(url: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', url, body, headers)
  }

  /** An object goes as JSON, a text as it is. */
  async send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
    const type = String(answer.headers['content-type'] ?? '')
    const json = /[/+]json/.test(type) ? answer.json<Record<string, any>>() : {}
    return { status: answer.statusCode, type, json, text: answer.body, headers: answer.headers }
  }

  apply(migration: string, changes: Readonly<Record<string, object>> = { search: {} }): Promise<Answer> {
    const headers = { 'content-type': 'application/yaml' }
    return this.send('PUT', `/v1/migrations/${migration}`, yamlOf(document(changes, migration)), headers)
  }

  /** Puts a workload where only a whole migration would bring it. */
  async put(migration: string, workload: string, change: WorkloadChange): Promise<void> {
    await this.write((work) => work.workloads.change(migration, workload, change))
  }

  write<T>(act: (work: Work) => Promise<T> | T): Promise<T> {
    return this.store.transaction(act)
  }

  /** An API token of the journal's, as the header that it comes in. */
  async bearer(
    request: Partial<TokenRequest> = {},
  ): Promise<{ readonly id: string; readonly headers: { readonly authorization: string } }> {
    const { token, record } = tokenFor(
      { subject: 'ada', role: 'viewer', scope: null, expiresAt: null, ...request },
      'test',
    )
    await this.store.read.tokens.add(record)
    return { id: record.id, headers: { authorization: `Bearer ${token.reveal()}` } }
  }

  /** The operation once it has ended. */
  async ended(id: string): Promise<Record<string, any>> {
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const { json } = await this.get(`/v1/operations/${id}`)
      if (json['finishedAt'] !== null) return json
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`operation ${id} has not ended`)
  }
}

interface TestApiOptions extends Partial<
  Pick<AppDependencies, 'requestsPerSecond' | 'trustedProxies' | 'logLevel' | 'logTo'>
> {
  readonly journal?: boolean
  /** Whoever asks has to be known: by an API token, or by a bearer token of one of these. */
  readonly issuers?: readonly Issuer[]
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly json: Record<string, any>
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}
