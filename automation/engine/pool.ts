import { fork, type ChildProcess } from 'node:child_process'
import { CutoverError } from '../errors.ts'
import type { EngineEvent, Run, Task } from './engine.ts'
import type { Directive, Message, Order } from './messages.ts'
import { endProcessesOf, operationVariable, residentBytes, signalGroup, type ProcessIdentity } from './processes.ts'
import { errorOf } from './pulumi-errors.ts'

export interface PoolOptions {
  /** How many operations run at once. One more process than that is kept warm. */
  readonly workers: number
  /** A worker is replaced after so many operations, because inline programs leak a little. */
  readonly operationsPerWorker: number
  /** A worker's heap is no larger, and one that holds more when an operation ends is replaced. CLI and plugins come beside it. MiB. */
  readonly workerMemoryMib: number
  /** An operation without a sign of life for this long is ended. Milliseconds. */
  readonly silenceMs: number
  /** Between SIGINT and SIGKILL, for what is in flight. Milliseconds. */
  readonly graceMs: number
  /** Is told each CLI that may take its stack's lock, when it has just been started. */
  readonly onCli?: (task: Task, cli: ProcessIdentity) => void
}

interface Waiting {
  readonly order: Order
  readonly begin: (worker: Worker) => void
  readonly giveUp: (error: CutoverError) => void
}

interface Worker {
  readonly process: ChildProcess
  readonly ended: Promise<void>
  ready: boolean
  busy: boolean
  operations: number
}

/** Long enough for a rollback that killed a worker to be home. Milliseconds. */
const replaceAfterMs = 1_500

/**
 * Worker processes with the SDKs loaded, one operation each at a time: programs that run in one isolate poison each other.
 * Every worker leads its own process group. A failed or killed worker is replaced before it is needed again.
 */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #workers = new Set<Worker>()
  readonly #queue: Waiting[] = []
  #unusable: string | null = null
  /** Once one worker could be started, others can; what is asked for while none is ready waits for one. */
  #wasReady = false
  #stopping = false
  #runs = 0
  #aliveMs: number | null = null

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Resolves when one worker is ready. Throws CutoverError `engine-missing` when none can be. The others follow one by one. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#grow((error) => (error ? reject(error) : resolve()))
    })
  }

  pids(): readonly number[] {
    return [...this.#workers].flatMap(({ process: { pid } }) => pid ?? [])
  }

  notReady(): string | null {
    if (this.#stopping) return 'the engine is stopping'
    if (this.#unusable) return this.#unusable
    return this.#wasReady ? null : 'the first engine worker is still starting'
  }

  run<Result>(asked: Order, listen: (event: EngineEvent) => void): Run<Result> {
    const control = new RunControl(this.#options.graceMs)
    this.#runs += 1
    const mark = `${asked.task.operation}/${asked.task.fence}/${this.#runs}`
    const order = { ...asked, environment: { ...asked.environment, [operationVariable]: mark } }
    const result = this.#worker(order, control).then((worker) => this.#carryOut<Result>(worker, order, listen, control))
    return {
      result,
      kill: () => control.kill(),
      cancel: () => control.cancel(),
      gone: result.then(
        () => undefined,
        () => control.gone(mark),
      ),
    }
  }

  /** Every worker ends itself, with the run that it has, when it is not told again within this time. Milliseconds. */
  keepAlive(ms: number): void {
    this.#aliveMs = ms
    for (const worker of this.#workers) if (worker.ready) worker.process.send({ aliveMs: ms } satisfies Directive)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const { giveUp } of this.#queue.splice(0)) giveUp(new CutoverError('not-accepting', 'the service is stopping'))
    const workers = [...this.#workers]
    for (const worker of workers) signalGroup(worker.process.pid ?? 0, 'SIGKILL')
    await Promise.all(workers.map(({ ended }) => ended))
  }

  #worker(order: Order, control: RunControl): Promise<Worker> {
    return new Promise((resolve, reject) => {
      if (this.#unusable) return reject(new CutoverError('engine-missing', this.#unusable))
      const waiting: Waiting = { order, begin: resolve, giveUp: reject }
      control.whenEnded = () => {
        const at = this.#queue.indexOf(waiting)
        if (at >= 0) this.#queue.splice(at, 1)
        reject(cancelled())
      }
      if (order.task.urgent) this.#queue.unshift(waiting)
      else this.#queue.push(waiting)
      this.#dispatch()
    })
  }

  #dispatch(): void {
    const { workers } = this.#options
    for (const worker of this.#workers) {
      const next = this.#queue[0]
      const busy = [...this.#workers].filter((one) => one.busy).length
      // a rollback takes the spare worker; anything else waits for its turn
      if (!next || (busy >= workers && !next.order.task.urgent)) return
      if (!worker.ready || worker.busy) continue
      this.#queue.shift()
      worker.busy = true
      next.begin(worker)
    }
    if (this.#queue.length > 0) this.#fill()
  }

  /**
   * One process more than operations may run at once, so that a rollback finds a warm one. They are started one after the other,
   * and one that was killed is replaced a moment later: loading the SDKs takes a core for seconds, and traffic comes first.
   */
  #fill(): void {
    if (this.#stopping || this.#unusable || this.#workers.size > this.#options.workers) return
    if ([...this.#workers].every(({ ready }) => ready)) this.#grow()
  }

  #grow(whenReady?: (error?: CutoverError) => void): void {
    const child = fork(new URL('./worker.ts', import.meta.url), {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${this.#options.workerMemoryMib}`],
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const worker: Worker = { process: child, ended, ready: false, busy: false, operations: 0 }
    this.#workers.add(worker)
    child.once('message', (message: Message) => {
      if (message.type === 'ready') {
        worker.ready = true
        if (this.#aliveMs !== null) this.keepAlive(this.#aliveMs)
        this.#wasReady = true
        whenReady?.()
        this.#dispatch()
        this.#fill()
      } else if (message.type === 'unusable') {
        this.#unusable = `no usable Pulumi CLI: ${message.reason}`
        whenReady?.(new CutoverError('engine-missing', this.#unusable))
      }
    })
    child.once('error', (error) => whenReady?.(new CutoverError('engine-missing', error.message)))
    child.once('exit', () => {
      this.#workers.delete(worker)
      whenReady?.(new CutoverError('engine-missing', 'the engine worker ended while it was starting'))
      this.#dispatch()
      setTimeout(() => this.#fill(), replaceAfterMs).unref()
    })
  }

  #carryOut<Result>(
    worker: Worker,
    order: Order,
    listen: (event: EngineEvent) => void,
    control: RunControl,
  ): Promise<Result> {
    const { process: child } = worker
    return new Promise<Result>((resolve, reject) => {
      let watchdog: NodeJS.Timeout
      const alive = (): void => {
        clearTimeout(watchdog)
        watchdog = setTimeout(() => control.cancel(), order.task.patienceMs ?? this.#options.silenceMs)
      }
      const end = (finish: () => void): void => {
        clearTimeout(watchdog)
        child.off('message', hear)
        child.off('exit', died)
        control.leave()
        worker.operations += 1
        finish()
      }
      const hear = (message: Message): void => {
        alive()
        if (message.type === 'event') listen(message.event)
        else if (message.type === 'cli') this.#options.onCli?.(order.task, message.cli)
        else if (message.type === 'done') {
          end(() => resolve(message.result as Result))
          this.#free(worker)
        } else if (message.type === 'failed') {
          end(() => reject(control.asked ? cancelled() : errorOf(message.failure)))
          this.#retire(worker)
        }
      }
      const died = (code: number | null, signal: string | null): void =>
        end(() => reject(control.asked ? cancelled() : workerDied(signal ?? code)))
      child.on('message', hear)
      child.on('exit', died)
      alive()
      control.enter(worker.process.pid ?? 0, worker.ended)
      child.send({ order } satisfies Directive)
    })
  }

  #free(worker: Worker): void {
    const { operationsPerWorker, workerMemoryMib } = this.#options
    const held = residentBytes(worker.process.pid ?? 0) / 2 ** 20
    if (worker.operations >= operationsPerWorker || held > workerMemoryMib) return this.#retire(worker)
    worker.busy = false
    this.#dispatch()
  }

  /** After a failure an isolate cannot be trusted. Its place is freed when it has ended. */
  #retire(worker: Worker): void {
    signalGroup(worker.process.pid ?? 0, 'SIGKILL')
  }
}

const cancelled = (): CutoverError => new CutoverError('cancelled', 'the engine run was cancelled')

const workerDied = (how: string | number | null): CutoverError =>
  new CutoverError('interrupted', `the engine's worker process ended (${how ?? 'no reason known'}) while it ran`)

/** The ways to end a run, from when it is asked for until it is over. */
class RunControl {
  /** Somebody asked for the end, so that whatever error follows is that. */
  asked = false
  whenEnded: () => void = () => undefined
  readonly #graceMs: number
  #leader: number | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  enter(leader: number, ended: Promise<void>): void {
    this.#leader = leader
    this.#ended = ended
    if (this.asked) this.kill()
  }

  leave(): void {
    this.#leader = null
  }

  kill(): void {
    this.asked = true
    if (this.#leader === null) return this.whenEnded()
    signalGroup(this.#leader, 'SIGKILL')
  }

  cancel(): void {
    this.asked = true
    const leader = this.#leader
    if (leader === null) return this.whenEnded()
    signalGroup(leader, 'SIGINT')
    const timer = setTimeout(() => this.#leader === leader && signalGroup(leader, 'SIGKILL'), this.#graceMs)
    void this.#ended.then(() => clearTimeout(timer))
  }

  /** Plugins lead groups of their own, so they are looked for by the mark that they inherited. */
  async gone(mark: string): Promise<void> {
    await this.#ended
    await endProcessesOf(mark)
  }
}
