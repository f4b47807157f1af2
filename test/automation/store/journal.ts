import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { Events, type JournalEvent } from '../../../automation/events.ts'
import { pgliteDialect } from '../../../automation/store/pglite.ts'
import { Store } from '../../../automation/store/store.ts'

/** A journal in a folder of its own, which can be closed and opened again. */
export class Journal {
  readonly folder: string
  /** What listeners have been told. */
  readonly told: JournalEvent[] = []
  store: Store

  private constructor(folder: string) {
    this.folder = folder
    this.store = this.#make()
  }

  static async open(): Promise<Journal> {
    const journal = new Journal(await mkdtemp(join(tmpdir(), 'journal-')))
    await journal.store.open()
    return journal
  }

  async reopen(): Promise<void> {
    await this.store.close()
    this.store = this.#make()
    await this.store.open()
  }

  async remove(): Promise<void> {
    await this.store.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  #make(): Store {
    const events = new Events()
    events.on('event', (event) => this.told.push(event))
    return new Store(pgliteDialect(join(this.folder, 'data'), inject('pgliteTemplate')), events)
  }
}
