import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { Events } from '../../../automation/events.ts'
import { pgliteDialect } from '../../../automation/store/pglite.ts'
import { Store } from '../../../automation/store/store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

it('a journal whose maker died is made anew', async () => {
  const journal = join(folder, 'data')
  await mkdir(journal)
  execFileSync('tar', ['-x', '-f', inject('pgliteTemplate'), '-C', journal], { stdio: 'ignore' })
  // the last files of it, which initdb has not come to
  await Promise.all(['postgresql.conf', 'pg_hba.conf'].map((name) => rm(join(journal, name))))
  await rm(join(journal, 'global'), { recursive: true })
  await writeFile(`${journal}.unfinished`, '')
  const store = new Store(pgliteDialect(journal, inject('pgliteTemplate')), new Events())
  await store.open()
  expect(await store.read.workloads.in(['registered'])).toEqual([])
  await store.close()
  expect(await readdir(folder)).toEqual(['data'])
})
