import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { stringify } from 'yaml'
import { inEffect } from '../../infra/traffic.ts'
import type { Probe } from '../../infra/workloads/entry.ts'
import { serviceProcess, type ServiceProcess, type ServiceProcessOptions } from '../../demo/stage.ts'
import { Client, Refusal, type OperationAnswer, type WorkloadAnswer } from '../../demo/client.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { doorOf } from '../contract/door.ts'
import type { Member } from '../contract/members.ts'
import { isRead } from '../contract/subject.ts'
import { until } from '../support/wait.ts'
import type { Write } from './faults.ts'
import { legTowards, legsOf, places, stepsOf, type Leg, type PlaceName } from './legs.ts'

/** Calls of the simulated load-balancer controllers, which are not ours to break here. */
const ofControllers = ['RegisterTargets', 'DeregisterTargets']

/** How long a gate may take to open, on a machine that has much else to do. */
const gateSeconds = 120

/** What the service is run as, and told beside what the sandbox says. */
type RunOptions = Partial<Pick<ServiceProcessOptions, 'script' | 'env'>>

/** A member under load, on a sandbox of its own and a service that is a process, so that it can be killed. */
export class Rehearsal {
  readonly member: Member
  readonly sandbox: Sandbox
  readonly service: ServiceProcess
  readonly client: Client
  readonly name: string
  readonly #load: Load
  readonly #dataDir: string

  private constructor(
    parts: Pick<Rehearsal, 'member' | 'sandbox' | 'service' | 'client' | 'name'>,
    load: Load,
    dataDir: string,
  ) {
    this.member = parts.member
    this.sandbox = parts.sandbox
    this.service = parts.service
    this.client = parts.client
    this.name = parts.name
    this.#load = load
    this.#dataDir = dataDir
  }

  static async start(member: Member, run: RunOptions = {}): Promise<Rehearsal> {
    const dataDir = await mkdtemp(join(tmpdir(), 'eks-cutover-trouble-'))
    const sandbox = await startSandbox({ scenario: member.scenario, timeScale: 60 })
    await unpackJournal(join(dataDir, 'journal'))
    const service = await serviceProcess({
      ...run,
      env: { ...sandbox.ready.env, CUTOVER_AWS_WAIT_SECONDS: '60', ...run.env },
      dataDir,
      workers: 1,
      port: 0,
      logLevel: 'silent',
    })
    const [{ document, workload: name }] = await Promise.all([member.inventory(sandbox), service.start()])
    const entry = { ...document.workloads[name], steps: stepsOf(member.grain), bake: '0', soak: '0' }
    const client = new Client(service.url, document.migration)
    await client.apply(stringify({ ...document, workloads: { ...document.workloads, [name]: entry } }))
    const { probe } = entry as unknown as { probe: Probe }
    const load = startLoad({ ...doorOf(sandbox, probe), ratePerSecond: 20, newConnectionShare: 0.5 })
    return new Rehearsal({ member, sandbox, service, client, name }, load, dataDir)
  }

  /** No request has failed, all the while. */
  async stop(): Promise<void> {
    const { requests, failed, failures } = await this.#load.stop()
    await this.service.end()
    await this.sandbox.stop()
    await rm(this.#dataDir, { recursive: true, force: true })
    expect(requests).toBeGreaterThan(0)
    expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
  }

  view(): Promise<WorkloadAnswer> {
    return this.client.workload(this.name)
  }

  get legs(): readonly Leg[] {
    return legsOf(this.member.grain)
  }

  /** Holds are removed and gates are open, those that only a person can open by a person. */
  async open(): Promise<void> {
    await this.client.removeHolds(this.name)
    const ofPersons = ['green-answers', 'person-confirms']
    const asksForPerson = ({ gates }: WorkloadAnswer): boolean =>
      gates.some(({ state, sentence }) => state === 'closed' && sentence.includes('POST confirm'))
    await this.client.open(this.name, ofPersons, gateSeconds)
    if (asksForPerson(await this.view())) {
      await this.client.post(this.name, 'confirm', { reason: 'it answered before' })
    }
    await this.client.open(this.name, [], gateSeconds)
  }

  /** Accepted, and under way. A gate that has just been open may be closed at the next look; then it is waited for again. */
  async begin({ action }: Leg): Promise<OperationAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      if (action === 'advance') await this.open()
      else await this.client.removeHolds(this.name)
      try {
        return await this.client.post(this.name, action, { reason: 'trouble' })
      } catch (error) {
        if (!(error instanceof Refusal) || error.problem.code !== 'gate-closed' || attempt === 3) throw error
      }
    }
  }

  async go(leg: Leg): Promise<void> {
    const operation = await this.ended(await this.begin(leg))
    expect(operation, `${leg.name}, without trouble`).toMatchObject({ state: 'succeeded' })
    expect((await this.view()).phase).toBe(leg.to)
  }

  /** By the legs between, without trouble. */
  async goTo(place: PlaceName): Promise<void> {
    for (;;) {
      const at = (await this.view()).phase as PlaceName
      if (at === place) return
      await this.go(legTowards(this.legs, at, place))
    }
  }

  /** However it ends. The service may be away meanwhile. */
  async ended({ id }: OperationAnswer): Promise<OperationAnswer> {
    const holder: { operation?: OperationAnswer } = {}
    await until(
      `operation ${id} has ended`,
      async () => {
        const operation = await this.client.operation(id).catch((error: unknown) => {
          if (error instanceof Refusal) throw error
          return null
        })
        if (!operation || ['queued', 'running'].includes(operation.state)) return false
        holder.operation = operation
        return true
      },
      180,
    )
    return holder.operation as OperationAnswer
  }

  /** Traffic is divided as it was before the leg, or as it is to be after it: gates had opened both. */
  async dividedAsBeforeOrAfter({ from, to }: Leg, note: string): Promise<void> {
    const legitimate = [places[from], places[to]]
    await until(`${note}: AWS reads back one of ${JSON.stringify(legitimate)}`, async () => {
      const { observed } = (await this.view()).split
      return legitimate.some((split) => inEffect(this.member.grain, split, observed))
    })
  }

  /** What was written since the log was cleared. */
  writes(): Write[] {
    const calls = this.sandbox.calls
      .recent()
      .filter(({ operation }) => !isRead(operation) && !ofControllers.includes(operation))
    return [...new Set(calls.map(({ service, operation }) => `${service} ${operation}`))].sort()
  }

  /** One journey forth and back without trouble: what each leg writes. It ends where it began, at `adopted`. */
  async writesOfEachLeg(): Promise<Record<string, Write[]>> {
    const written: Record<string, Write[]> = {}
    await this.goTo('adopted')
    for (const leg of this.legs.filter(({ to }) => to !== 'retired')) {
      this.sandbox.calls.clear()
      await this.go(leg)
      written[leg.name] = this.writes()
    }
    return written
  }
}

/** An empty journal, which takes the service seconds to make. */
async function unpackJournal(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  execFileSync('tar', ['-x', '-f', inject('pgliteTemplate'), '-C', folder], { stdio: 'ignore' })
}
