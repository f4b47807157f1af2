import { Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { itself } from '../../../automation/asker.ts'
import { decisionOf, verifyChain, type AuditAction } from '../../../automation/audit.ts'
import type { AuditFilter } from '../../../automation/store/audit.ts'
import { Journal } from './journal.ts'

let journal: Journal
beforeAll(async () => void (journal = await Journal.open()))
afterAll(() => journal.remove())

const search = { migration: 'prod', name: 'search' }
const decide = (by: string, action: AuditAction, workload = search, details: object = {}) =>
  journal.store.transaction((work) => work.audit.write(decisionOf(itself(by, null, 0), workload, action, { details })))
const page = (filter: AuditFilter = {}, before: number | null = null, limit = 50) =>
  journal.store.read.audit.page(filter, before, limit)
const all = (filter: AuditFilter = {}, pageSize?: number) =>
  Array.fromAsync(journal.store.read.audit.all(filter, pageSize))

describe('the audit in the journal', () => {
  it('chains what is written, whoever writes at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, at) => decide(`person-${at % 2}`, 'advance')))
    await journal.store.transaction((work) => {
      work.audit.write(decisionOf(itself('bert', 'why', 0), search, 'rollback'))
      work.audit.write(decisionOf(itself('bert', null, 0), { migration: 'prod', name: null }, 'inventory'))
    })
    const entries = await all({}, 3)
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
    expect((await verifyChain(entries)).broken).toBeNull()
  })

  it('has nothing of what did not happen', async () => {
    const before = await all()
    const attempt = journal.store.transaction((work) => {
      work.audit.write(decisionOf(itself('bert', null, 0), search, 'abandon'))
      throw new Error('on purpose')
    })
    await expect(attempt).rejects.toThrow('on purpose')
    expect(await all()).toEqual(before)
  })

  it('is found by who, what and where, and by time', async () => {
    await decide('carla', 'hold', { migration: 'prod', name: 'tagging' }, { hold: 'ü 1e3 \u2028' })
    const [entry] = await page({}, null, 1)
    expect(entry).toMatchObject({ by: 'carla', action: 'hold', workload: 'tagging', details: { hold: 'ü 1e3 \u2028' } })
    const at = entry?.at ?? ''
    for (const filter of [
      { by: 'carla' },
      { action: 'hold' },
      { workload: 'tagging' },
      { by: 'carla', action: 'hold' },
    ])
      expect(await page(filter), JSON.stringify(filter)).toEqual([entry])
    expect(await page({ by: 'carla', action: 'advance' })).toEqual([])
    expect(await page({ migration: 'other' })).toEqual([])
    expect(await page({ since: at, by: 'carla' })).toEqual([entry])
    expect(await page({ until: at, by: 'carla' })).toEqual([])
    expect((await all({ action: 'advance' }, 4)).length).toBe(10)
  })

  it('is paged by key, newest first', async () => {
    const everything = await all()
    const first = await page({}, null, 5)
    const second = await page({}, first.at(-1)?.seq ?? 0, 50)
    expect([...first, ...second]).toEqual(everything.toReversed())
  })

  it('is refused every change by the database itself, and shows one that was forced on it', async () => {
    const intact = await all()
    await journal.store.close()
    const db = new Kysely<unknown>({ dialect: journal.database.dialect() })
    const exec = (statement: string) => sql.raw(statement).execute(db)
    const changes = ["update audit set entry = '{}'", 'delete from audit where seq = 1', 'truncate audit']
    for (const change of changes) await expect(exec(change), change).rejects.toThrow('the audit is append-only')
    await exec('alter table audit disable trigger user')
    await exec(`update audit set entry = replace(entry, 'person-1', 'person-2')
      where seq = (select min(seq) from audit where subject = 'person-1')`)
    await db.destroy()
    await journal.reopen()
    const forged = intact.find(({ by }) => by === 'person-1')
    expect((await verifyChain(journal.store.read.audit.all())).broken).toEqual({
      seq: forged?.seq,
      why: 'its hash is not that of what it says: it was changed',
    })
  })
})
