import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PGliteDialect, type Dialect } from 'kysely'

/**
 * The journal embedded in the service: PostgreSQL compiled to WebAssembly, in a folder. It has no lock of its own, so the caller
 * holds one (lock.ts), and it does not fsync: safe against a killed process, not against a power cut.
 *
 * While it is made a file beside it says so: what a killed service has left half made is made anew.
 *
 * `template`: a dumped data directory to start a new one from, which takes a second instead of five.
 */
export function pgliteDialect(folder: string, template?: string): Dialect {
  return new PGliteDialect({
    pglite: async () => {
      const unfinished = `${folder}.unfinished`
      // nobody has written to it yet: it was given to nobody before it was finished
      if (existsSync(unfinished)) rmSync(folder, { recursive: true, force: true })
      if (existsSync(join(folder, 'PG_VERSION'))) return PGlite.create({ dataDir: folder })
      writeFileSync(unfinished, '')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const made = await PGlite.create({
        dataDir: folder,
        ...(template === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(await readFile(template))]) }),
      })
      rmSync(unfinished)
      return made
    },
  })
}
