import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGliteDialect, type Dialect } from 'kysely'

/**
 * The journal embedded in the service: PostgreSQL compiled to WebAssembly, in a folder. It has no lock of its own, so the caller
 * holds one (lock.ts), and it does not fsync: safe against a killed process, not against a power cut.
 *
 * `template`: a dumped data directory to start a new one from, which takes a second instead of five.
 */
export function pgliteDialect(folder: string, template?: string): Dialect {
  return new PGliteDialect({
    pglite: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const fresh = template !== undefined && !(await exists(join(folder, 'PG_VERSION')))
      return PGlite.create({
        dataDir: folder,
        ...(fresh ? { loadDataDir: new Blob([new Uint8Array(await readFile(template))]) } : {}),
      })
    },
  })
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )
