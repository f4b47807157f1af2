import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stringify } from 'yaml'
import { createPulumiEngine, poolDefaults } from '../../automation/engine/pulumi-engine.ts'
import type { Engine, Task } from '../../automation/engine/engine.ts'
import { StackFiles } from '../../automation/engine/stack-files.ts'
import type { Workload } from '../../automation/migration.ts'
import type { StopPoint } from '../../automation/stop-points.ts'
import { createConnections, siteOf, type Connections } from '../../automation/surroundings.ts'
import type { Probe } from '../../infra/workloads/entry.ts'
import type { AnyKind, Site, Stage, SwitchPoint, WorkloadOutputs } from '../../infra/workloads/kind.ts'
import { kindOf } from '../../infra/workloads/kinds.ts'
import { Client, Refusal, type OperationAnswer, type WorkloadAnswer } from '../../demo/client.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { faultsOfOutputs } from '../support/published-outputs.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'
import { colourAt, doorOf, type Door } from './door.ts'
import type { Member, MemberInventory } from './members.ts'
import { Rights, serviceKey } from './rights.ts'

/** A member under test: a sandbox, a service, and looks past the service at AWS itself. */
export class Subject {
  readonly service: TestService
  readonly name: string
  readonly connections: Connections
  readonly rights: Rights
  /** AWS calls during each advance, those of the observer included. */
  readonly spent: {
    readonly to: string
    readonly reads: number
    /** Of them those of a plugin written in Go, as the official ones are. */
    readonly pluginReads: number
    readonly writes: number
    readonly seconds: number
  }[] = []
  /** Of the outputs that were read after an operation, which are held against the published schema. */
  readonly stagesSeen = new Set<string>()
  /** What to do at a stop point, once. */
  readonly at = new Map<StopPoint, () => Promise<void>>()
  readonly #member: Member
  /** For how long gates may take to open. */
  readonly #patienceSeconds: number
  #document: MemberInventory['document']
  #client: Client
  #engine: Engine | null = null

  private constructor(
    service: TestService,
    rights: Rights,
    member: Member,
    { workload, document }: MemberInventory,
    patienceSeconds: number,
  ) {
    this.service = service
    this.rights = rights
    this.#patienceSeconds = patienceSeconds
    this.name = workload
    this.#member = member
    this.#client = service.client
    this.#document = document
    this.connections = createConnections({ endpoint: service.sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' })
  }

  static async start(member: Member, plugins?: Readonly<Record<string, string>>): Promise<Subject> {
    const sandbox = await startSandbox({ scenario: member.scenario, timeScale: 60, plugins: !plugins })
    const own = { ...sandbox.ready.env, AWS_ACCESS_KEY_ID: serviceKey }
    const env = plugins ? { ...own, CUTOVER_PULUMI_PLUGINS: setting(plugins) } : own
    const ready = { ...sandbox.ready, env }
    const { document, workload } = await member.inventory(sandbox)
    const entry = { ...document.workloads[workload], steps: stepsOf(member), bake: '0', soak: '0' }
    const whole = { ...document, workloads: { ...document.workloads, [workload]: entry } }
    const holder: { subject?: Subject } = {}
    const pass = async (point: StopPoint): Promise<void> => {
      const act = holder.subject?.at.get(point)
      holder.subject?.at.delete(point)
      await act?.()
    }
    const rights = Rights.follow(sandbox, accountIn(entry))
    const service = await startTestService({ sandbox: { ...sandbox, ready }, pass })
    holder.subject = new Subject(service, rights, member, { workload, document: whole }, plugins ? 600 : 60)
    await holder.subject.apply()
    return holder.subject
  }

  async stop(): Promise<void> {
    await this.#engine?.stop()
    this.connections.close()
    this.rights.stop()
    await this.service.stop()
    await this.service.sandbox.stop()
  }

  apply(): Promise<void> {
    return this.#client.apply(stringify(this.#document))
  }

  /** Drops the workload and registers it anew: an ended one may start over. */
  async startOver(): Promise<void> {
    const { workloads, ...rest } = this.#document
    const others = Object.fromEntries(Object.entries(workloads).filter(([name]) => name !== this.name))
    await this.#client.apply(stringify({ ...rest, workloads: others }))
    await this.apply()
  }

  /** Green is the next blue: the same workload, released, in a migration of its own that goes the other way. */
  async turnAround(): Promise<void> {
    const { outputs } = await this.workload()
    const { blue, green, ...rest } = this.#document
    const entry = this.#document.workloads[this.name] ?? {}
    const { sandbox, url } = this.service
    const { probe, ...opposite } = { ...(await this.#member.opposite(entry, outputs as WorkloadOutputs, sandbox)) } as {
      probe: Probe
    }
    // the pods go on naming the cluster that they run in
    const swapped = { ...probe, marker: { ...probe.marker, blue: 'green', green: 'blue' } }
    this.#document = {
      ...rest,
      migration: 'back',
      blue: green,
      green: blue,
      workloads: { [this.name]: { ...opposite, probe: swapped } },
    }
    this.#client = new Client(url, this.migration)
    await this.apply()
  }

  /** As the inventory says. */
  get steps(): readonly number[] {
    return stepsOf(this.#member)
  }

  get migration(): string {
    return this.#document.migration
  }

  /** The migration's inventory with the workload alone. */
  get document(): MemberInventory['document'] {
    const { workloads, ...rest } = this.#document
    return { ...rest, workloads: { [this.name]: workloads[this.name] ?? {} } }
  }

  get client(): Client {
    return this.#client
  }

  /** Changes who gets the traffic past the service, so that it differs from home. */
  async meddle(): Promise<void> {
    const site = await this.site()
    await this.rights.without(() => this.#member.meddle(site, this.aws))
  }

  get door(): Door {
    const { probe } = this.#document.workloads[this.name] as { probe: Probe }
    return doorOf(this.service.sandbox, probe)
  }

  view(): Promise<WorkloadAnswer> {
    return this.#client.workload(this.name)
  }

  workload(): Promise<Workload> {
    return this.service.automation.cutover.workload(this.migration, this.name)
  }

  /** Resolves when every gate is open but those named. */
  open(except: readonly string[] = []): Promise<WorkloadAnswer> {
    return this.#client.open(this.name, except, this.#patienceSeconds)
  }

  /** Holds removed, gates open, one step; what it cost is kept. */
  async advance(): Promise<OperationAnswer> {
    await this.#client.removeHolds(this.name)
    await this.open()
    const before = this.#callsSoFar()
    const started = Date.now()
    const operation = await this.act('advance', {})
    const after = this.#callsSoFar()
    const cost = {
      reads: after.reads - before.reads,
      pluginReads: after.pluginReads - before.pluginReads,
      writes: after.writes - before.writes,
    }
    this.spent.push({ to: operation.to, ...cost, seconds: (Date.now() - started) / 1000 })
    return operation
  }

  #callsSoFar(): { reads: number; pluginReads: number; writes: number } {
    const { calls } = this.service.sandbox
    const [all, plugins] = [calls.byOperation(), calls.byOperation({ client: 'aws-sdk-go-v2' })]
    const isWrite = (operation: string) => !isRead(operation)
    return { reads: sumOf(all, isRead), pluginReads: sumOf(plugins, isRead), writes: sumOf(all, isWrite) }
  }

  async advanceTo(phase: string): Promise<void> {
    while ((await this.view()).phase !== phase) {
      if ((await this.view()).phase === 'soaking') {
        await this.open(['person-confirms'])
        await this.#client.post(this.name, 'confirm', { reason: 'test' })
      }
      await this.advance()
    }
  }

  async act(action: string, body: object = { reason: 'test' }): Promise<OperationAnswer> {
    const operation = await this.#client.act(this.name, action, body)
    await this.#checkOutputs()
    return operation
  }

  /** Whatever the stack has just exported is as published. */
  async #checkOutputs(): Promise<void> {
    if (!(await this.workload()).outputs) return
    const outputs = await this.#client.get(`${this.#client.pathOf(this.name)}/outputs`)
    const faults = faultsOfOutputs(outputs)
    if (faults.length > 0) throw new Error(`outputs ${JSON.stringify(outputs)}: ${faults.join(', ')}`)
    this.stagesSeen.add((outputs as WorkloadOutputs).stage)
  }

  /** The code with which an action is refused; null when it was accepted. */
  async refused(action: string, body: object = { reason: 'test' }): Promise<string | null> {
    try {
      await this.#client.post(this.name, action, body)
      return null
    } catch (error) {
      if (error instanceof Refusal) return error.problem.code
      throw error
    }
  }

  get kind(): Promise<AnyKind> {
    return this.workload().then(({ kind }) => kindOf(kind))
  }

  async site(): Promise<Site> {
    return siteOf(await this.workload(), await this.service.automation.cutover.migration(this.migration))
  }

  get aws() {
    return this.connections.aws(this.service.sandbox.aws.region)
  }

  /** The switch point as AWS describes it now. */
  async switchPoint(): Promise<SwitchPoint> {
    return (await this.kind).observe.switchPoint(await this.site(), this.aws)
  }

  async split() {
    const { outputs } = await this.workload()
    return (await this.kind).observe.split(await this.site(), outputs, this.aws)
  }

  async flip(green: number): Promise<void> {
    const { outputs } = await this.workload()
    await (await this.kind).flip(await this.site(), outputs, { blue: 100 - green, green }, this.aws)
  }

  /** Past the service: an engine of the test's own on the same stack, with a stage of its choice. */
  async engine(stage: Stage): Promise<{ engine: Engine; task: Task }> {
    const { dataDir, sandbox } = this.service
    const passphraseFile = join(dataDir, 'passphrase')
    const { read } = this.service.automation.cutover.store
    const options = {
      folder: join(dataDir, 'stacks'),
      aws: { endpoint: sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' },
      plugins: pluginsOf(sandbox),
      passphrase: readFileSync(passphraseFile, 'utf8'),
      environment: {},
    }
    const files = new StackFiles(options, read.stacks)
    const workload = await this.workload()
    await files.write(workload, await this.service.automation.cutover.migration(this.migration), stage)
    if (!this.#engine) {
      const backendUrl = pathToFileURL(join(dataDir, 'pulumi-state')).href
      this.#engine = createPulumiEngine({
        ...poolDefaults,
        workers: 1,
        backendUrl,
        passphraseFile,
        home: join(dataDir, 'pulumi-home'),
      })
      await this.#engine.start()
    }
    return { engine: this.#engine, task: files.task(workload, { id: 'test', fence: 1 }, false) }
  }

  /** What lingers after the last rollback has passed, as long as it was said to take. */
  settled(): Promise<void> {
    return until('the rollback has settled', async () => (await this.view()).operation?.settledMs !== null, 60)
  }

  /** Which side answered each of `count` requests, each over a connection of its own, at the front door or where the member says. */
  async sample(count: number): Promise<{ blue: number; green: number }> {
    const { sampled } = this.#member
    const door = sampled ? doorOf(this.service.sandbox, { url: sampled.at(await this.site()) }) : this.door
    const seen = { blue: 0, green: 0 }
    const worker = async (share: number): Promise<void> => {
      for (let i = 0; i < share; i += 1) seen[await colourAt(door, this.service.sandbox)] += 1
    }
    await Promise.all(Array.from({ length: 10 }, () => worker(count / 10)))
    return seen
  }
}

/** Of AWS: operations that change nothing. */
export const isRead = (operation: string): boolean => /^(Describe|List|Get|Export|AssumeRole)/.test(operation)

/** Every kind's entry names an object by its ARN. */
const accountIn = (entry: object): string => /arn:[\w-]+:\w+:[\w-]*:(\d{12}):/.exec(JSON.stringify(entry))?.[1] ?? ''

const sumOf = (counts: ReadonlyMap<string, number>, of: (operation: string) => boolean): number =>
  [...counts].filter(([operation]) => of(operation)).reduce((total, [, calls]) => total + calls, 0)

const setting = (plugins: Readonly<Record<string, string>>): string =>
  Object.entries(plugins)
    .map(([name, folder]) => `${name}=${folder}`)
    .join(',')

const pluginsOf = ({ ready }: Sandbox): Record<string, string> =>
  Object.fromEntries(
    (ready.env['CUTOVER_PULUMI_PLUGINS'] ?? '').split(',').map((part) => part.split('=') as [string, string]),
  )

const stepsByGrain = { percent: [1, 50, 99, 100], 'all-or-nothing': [100], 'by-targets': [50, 100] }

const stepsOf = ({ grain }: Member): readonly number[] => stepsByGrain[grain]
