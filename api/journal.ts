import { join } from 'node:path'
import type { Journal } from '../automation/automation.ts'
import { Events } from '../automation/events.ts'
import { lockDirectory } from '../automation/store/lock.ts'
import { pgliteDialect } from '../automation/store/pglite.ts'
import { postgresDialect, postgresListen } from '../automation/store/postgres.ts'
import { Store } from '../automation/store/store.ts'
import type { Config } from './config.ts'

type Place = Pick<Config, 'dataDir' | 'databaseUrl' | 'databaseConnections'>

/** On PostgreSQL where one is named, which others may share; else in the data directory, for this process alone. */
export function journalOf({ dataDir, databaseUrl, databaseConnections: connections }: Place): Journal {
  if (databaseUrl === null) return { dialect: pgliteDialect(join(dataDir, 'journal')), alone: true }
  const listen = postgresListen(databaseUrl)
  return { dialect: postgresDialect({ url: databaseUrl, connections }), listen, alone: false }
}

/** For a command that looks or changes something and ends: beside services on PostgreSQL, instead of one on an embedded journal. */
export async function withJournal<T>(place: Place, act: (store: Store) => Promise<T>): Promise<T> {
  const { dialect, alone } = journalOf(place)
  const lock = alone ? lockDirectory(place.dataDir) : null
  const store = new Store(dialect, new Events())
  try {
    return await act(store)
  } finally {
    await store.close()
    lock?.release()
  }
}
