import { Events, type JournalEvent } from '../../../automation/events.ts'
import { Store } from '../../../automation/store/store.ts'
import { makeDatabase, type Database, type DatabaseName } from '../../support/databases.ts'

/** A journal in a database of its own, which can be closed and opened again. */
export class Journal {
  readonly database: Database
  /** What listeners have been told. */
  readonly told: JournalEvent[] = []
  store: Store

  private constructor(database: Database) {
    this.database = database
    this.store = this.#make()
  }

  static async open(name: DatabaseName = 'PGlite'): Promise<Journal> {
    const journal = new Journal(await makeDatabase(name))
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
    await this.database.remove()
  }

  #make(): Store {
    const events = new Events()
    events.on('event', (event) => this.told.push(event))
    return new Store(this.database.dialect(), events)
  }
}
