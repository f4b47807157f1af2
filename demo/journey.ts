import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import type { Client, OperationAnswer, WorkloadAnswer } from './client.ts'
import type { Entry } from './report.ts'

/** One workload's way through the demo, driven over REST alone, with a note of every phase that it entered. */
export class Journey {
  readonly name: string
  readonly entries: Entry[] = []
  /** Splits that did not read back as wanted; must stay empty. */
  readonly strays: string[] = []
  readonly #client: Client
  readonly #account: Account

  constructor(name: string, client: Client, account: Account) {
    this.name = name
    this.#client = client
    this.#account = account
  }

  say(text: string, ...styles: Parameters<Account['say']> extends [string, string, ...infer S] ? S : never): void {
    this.#account.say(this.name, text, ...styles)
  }

  /** One step forward, once its gates are open. */
  async advance(): Promise<WorkloadAnswer> {
    await this.#client.open(this.name, [], openSeconds)
    const operation = await this.#client.act(this.name, 'advance', { reason: 'demo' })
    const workload = await this.note(operation)
    const { wanted } = workload.split
    const seconds = ((Date.parse(operation.finishedAt ?? '') - Date.parse(operation.requestedAt)) / 1000).toFixed(1)
    this.say(`${label(workload)}: blue ${wanted.blue} %, green ${wanted.green} %  (up in ${seconds} s)`)
    return workload
  }

  /** Forward until the phase, or the step, is reached. */
  async advanceTo(goal: string): Promise<void> {
    while (label(await this.advance()) !== goal);
  }

  /** One step forward is begun, and not waited for. */
  async begin(): Promise<void> {
    await this.#client.open(this.name, [], openSeconds)
    await this.#client.post(this.name, 'advance', { reason: 'demo' })
  }

  /** A person's rollback. */
  async rollBack(reason: string): Promise<OperationAnswer> {
    return this.#home(await this.#client.act(this.name, 'rollback', { reason }))
  }

  /** Waits for the rollback that a guard asks for. */
  async broughtHome(): Promise<OperationAnswer> {
    for (;;) {
      const { operation } = await this.#client.workload(this.name)
      if (operation?.action === 'rollback') return this.#home(await this.#client.ended(operation.id))
      await sleep(50)
    }
  }

  async #home(operation: OperationAnswer): Promise<OperationAnswer> {
    await this.note(operation)
    this.say(`home after ${operation.homeMs} ms (${operation.reason ?? ''})`, 'bold', 'blue')
    return operation
  }

  async confirm(reason: string): Promise<void> {
    await this.#client.open(this.name, ['person-confirms'], openSeconds)
    await this.#client.post(this.name, 'confirm', { reason })
    this.say(`a person confirms: ${reason}`)
  }

  async removeHolds(): Promise<void> {
    await this.#client.removeHolds(this.name)
  }

  async note(operation: OperationAnswer | null): Promise<WorkloadAnswer> {
    const workload = await this.#client.workload(this.name)
    const { wanted, observed } = workload.split
    this.entries.push({ phase: workload.phase, split: wanted, at: Date.now(), operation })
    if (operation && observed && observed.green !== wanted.green) await this.#mustSettle(workload)
    return workload
  }

  /** The last reading may be older than the operation; a fresh one follows within moments. */
  async #mustSettle({ phase }: WorkloadAnswer): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const { split } = await this.#client.workload(this.name)
      if (!split.observed || split.observed.green === split.wanted.green) return
      await sleep(50)
    }
    this.strays.push(`${this.name} in ${phase}`)
  }
}

/** Targets of a network load balancer take minutes, and DNS its time to live. */
const openSeconds = 180

const label = ({ phase, step }: WorkloadAnswer): string => (step === null ? phase : `${phase} ${step}`)
