import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isSame } from './engine/processes.ts'
import { newId } from './store/ids.ts'
import type { ReplicaRecord } from './store/replicas.ts'
import type { Store } from './store/store.ts'

/** How long the others believe in a replica that says nothing. Seconds on the wall. */
export const leaseSeconds = 10
const renewMs = 2_000
/** A replica ends its own work so long before the others may begin theirs. Milliseconds. */
const marginMs = 2_500

/** How long the work of a replica may go on after its last word. Milliseconds. */
export const selfTrustMs = leaseSeconds * 1000 - marginMs

/** A lease that nobody else has to wait for, because there is nobody else. Seconds. */
const forEver = 10 * 365 * 86_400

export interface ReplicaOptions {
  readonly store: Store
  /** It has the journal alone, as an embedded one that is locked for it. */
  readonly alone: boolean
  /** The lease was made to last; what the replica does may go on for so long. Milliseconds. */
  readonly onRenewed: (ms: number) => void
  /** Others may take over what it does: it has to end all of it, before anything else. */
  readonly onLost: () => Promise<void>
}

/**
 * One service among those that share a journal. It says every two seconds that it is there; when it could not for seven and a half
 * it ends its own work, and after ten the others take that over.
 */
export class Replica {
  readonly record: ReplicaRecord
  readonly #options: ReplicaOptions
  #alive: readonly string[] = []
  #renewedAt = 0
  #lost = false
  readonly #stopping = new AbortController()
  #loop: Promise<void> = Promise.resolve()

  constructor(options: ReplicaOptions) {
    this.#options = options
    const self = identify(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }
    this.record = { ...self, id: newId('replica'), host: hostname() }
  }

  get id(): string {
    return this.record.id
  }

  async start(): Promise<void> {
    const { store, alone } = this.#options
    if (!alone) {
      await this.#renew()
      this.#loop = this.#run()
      return
    }
    await store.transaction(async (work) => {
      await work.replicas.expireOthers(this.id)
      await work.replicas.renew(this.record, forEver)
    })
  }

  /** What has to be done by one replica alone, and nobody's loss if for a moment it is done by two or none, is shared out by its name. */
  mine(name: string): boolean {
    const rank = (id: string): string => createHash('sha256').update(`${id} ${name}`).digest('hex')
    const own = rank(this.id)
    return this.#alive.every((id) => id === this.id || rank(id) < own)
  }

  /** null: its lease holds; otherwise why not. */
  lost(): string | null {
    return this.#lost ? 'the journal does not answer, so others may have taken over what this replica did' : null
  }

  /** No operation is its own any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
    await this.#options.store.read.replicas.remove(this.id).catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await sleep(renewMs, null, { ref: false, signal }).catch(() => undefined)
      if (signal.aborted) return
      await Promise.race([this.#renew().catch(() => undefined), this.#untilLost()])
      if (Date.now() - this.#renewedAt > selfTrustMs) await this.#lose()
    }
  }

  async #renew(): Promise<void> {
    const { store, onRenewed } = this.#options
    const asked = Date.now()
    await store.read.replicas.renew(this.record, leaseSeconds)
    // from when it was asked: the database may have taken its time to answer, and the lease counts from before that
    const leftMs = asked + selfTrustMs - Date.now()
    if (leftMs <= 0) return
    this.#renewedAt = asked
    this.#lost = false
    onRenewed(leftMs)
    await this.#lookAround()
  }

  /** A database that hangs is as silent as one that is gone. */
  #untilLost(): Promise<void> {
    const left = Math.max(0, this.#renewedAt + selfTrustMs - Date.now())
    return new Promise((resolve) => setTimeout(resolve, left + 1).unref())
  }

  async #lose(): Promise<void> {
    if (this.#lost) return
    this.#lost = true
    await this.#options.onLost()
  }

  /** Who else is there. Of this host it can be seen whose process is gone; nobody has to wait for their leases. */
  async #lookAround(): Promise<void> {
    const { store } = this.#options
    const alive = await store.read.replicas.alive()
    const gone = alive.filter((one) => one.host === this.record.host && !isSame(identify(one.pid), one))
    for (const { id } of gone) await store.read.replicas.expire(id)
    this.#alive = alive.filter((one) => !gone.includes(one)).map(({ id }) => id)
  }
}
