import { isObject, revealProperties, type Properties } from '../properties.ts'
import type {
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  Difference,
  DiffKind,
  DiffRequest,
  ReadRequest,
  ReadResult,
  ResourceCall,
  UpdateRequest,
} from '../provider.ts'
import { changedNames } from '../properties.ts'
import { createHash } from 'node:crypto'
import { chartOf, type Chart } from './charts.ts'

/** What does not show in a release: how it is installed, and bookkeeping. */
const replacing = new Set(['name', 'namespace'])

/**
 * `kubernetes:helm.sh/v3:Release` of charts that the sandbox has a program for. The program is not ours to start: the
 * sandbox's control endpoint does it.
 */
export class Releases {
  readonly #control: string | undefined
  readonly #server: () => string

  constructor(control: string | undefined, server: () => string) {
    this.#control = control
    this.#server = server
  }

  check({ olds, news, seed }: CheckRequest, { name }: ResourceCall): Properties {
    const given = revealProperties(news)
    const suffix = createHash('sha256').update(seed).update(name).digest('hex').slice(0, 8)
    const releaseName = given.name ?? olds?.name ?? `${name}-${suffix}`
    return { ...given, name: releaseName, namespace: given.namespace ?? 'default' }
  }

  diff({ state, news }: DiffRequest): Difference {
    const before = isObject(state.__inputs) ? state.__inputs : {}
    const changed = changedNames(before, revealProperties(news))
    const kindOf = (name: string): DiffKind => (replacing.has(name) ? 'update-replace' : 'update')
    const detailed = Object.fromEntries(changed.map((name) => [name, kindOf(name)]))
    return { detailed, deleteBeforeReplace: changed.some((name) => replacing.has(name)) }
  }

  async create({ inputs, preview }: CreateRequest, call: ResourceCall): Promise<{ id: string; state: Properties }> {
    const wanted = revealProperties(inputs)
    if (preview) return { id: '', state: wanted }
    const chart = chartOf(wanted)
    await this.#install(chart, call.signal)
    return { id: `${chart.namespace}/${chart.name}`, state: stateOf(wanted, chart, 1) }
  }

  async read({ id, state, inputs }: ReadRequest, { signal }: ResourceCall): Promise<ReadResult | undefined> {
    const answer = await this.#ask('GET', signal)
    return answer.status === 404 ? undefined : { id, state, inputs }
  }

  async update({ state, news, preview }: UpdateRequest, { signal }: ResourceCall): Promise<Properties> {
    const wanted = revealProperties(news)
    const chart = chartOf(wanted)
    const before = isObject(state.status) && typeof state.status.revision === 'number' ? state.status.revision : 0
    if (!preview) {
      await this.#ask('DELETE', signal)
      await this.#install(chart, signal)
    }
    return stateOf(wanted, chart, before + 1)
  }

  async delete(_request: DeleteRequest, { signal }: ResourceCall): Promise<void> {
    await this.#ask('DELETE', signal)
  }

  async #install(chart: Chart, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask('POST', signal, {
      version: chart.appVersion,
      ...(chart.roleArn && { roleArn: chart.roleArn }),
    })
    if (!answer.ok) throw new Error(`release ${chart.name}: ${await answer.text()}`)
  }

  #ask(method: string, signal: AbortSignal, body?: object): Promise<Response> {
    if (this.#control === undefined)
      throw new Error('releases of charts need a sandbox, and CUTOVER_SANDBOX_CONTROL names none')
    const url = new URL('/load-balancer-controllers', this.#control)
    url.searchParams.set('server', this.#server())
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return fetch(url, { method, signal, ...content })
  }
}

function stateOf(inputs: Properties, chart: Chart, revision: number): Properties {
  const { name, namespace, version, appVersion, chart: chartName } = chart
  const status = { name, namespace, revision, status: 'deployed', version, appVersion, chart: chartName }
  return { ...inputs, version, status, __inputs: inputs }
}
