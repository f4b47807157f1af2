import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { found, states } from '../../automation/fixture.ts'
import { document } from '../../automation/document.ts'
import * as stages from '../../../automation/phases/stages.ts'
import { TestApi, type Answer } from '../service.ts'

type Person = { readonly authorization: string }

let api: TestApi
let ada: Person
let bob: Person
let root: Person
let migration: string
let count = 0

const inventory = (more: object = { twoPersons: true }) => ({ ...document({ search: {} }, migration), ...more })
const put = (who: Person, body: object) => api.send('PUT', `/v1/migrations/${migration}`, body, { ...who })
const post = (action: string, body: object, who: Person): Promise<Answer> =>
  api.post(`/v1/migrations/${migration}/workloads/search/${action}`, body, { ...who })
const confirm = (who: Person) => post('confirm', { reason: 'looked at it' }, who)

beforeAll(async () => {
  api = await TestApi.start({ issuers: [] })
  const approver = async (subject: string) => (await api.bearer({ subject, role: 'approver' })).headers
  ;[ada, bob] = [await approver('ada'), await approver('bob')]
  root = (await api.bearer({ subject: 'root', role: 'admin' })).headers
})
afterAll(() => api.stop())
beforeEach(async () => {
  migration = `m${(count += 1)}`
  expect((await put(ada, inventory())).status).toBe(201)
  await api.put(migration, 'search', { state: { ...states.soaking, confirmation: null }, found, stage: stages.soaking })
})

const refusedAs = async (answer: Promise<Answer>) => {
  const { status, json } = await answer
  return [status, json['code']]
}

it('who confirmed does not retire; somebody else may, as far as this goes', async () => {
  expect((await confirm(ada)).json).toMatchObject({ by: 'ada' })
  const refused = await post('advance', {}, ada)
  expect(refused).toMatchObject({ status: 403, json: { code: 'two-persons', confirmedBy: 'ada' } })
  // AWS does not answer in these tests, so that the gates say no to Bob: they were asked
  expect(await refusedAs(post('advance', {}, bob))).toEqual([409, 'gate-closed'])
})

it('who asked to retire does not confirm', async () => {
  await api.write((work) =>
    work.operations.add({
      migration,
      workload: 'search',
      action: 'advance',
      from: 'soaking',
      to: 'retired',
      reason: null,
      requestedBy: 'bob',
      requestedAt: Date.now(),
      request: {},
    }),
  )
  expect(await confirm(bob)).toMatchObject({ status: 403, json: { code: 'two-persons', retiredBy: 'bob' } })
  expect((await confirm(ada)).status).toBe(200)
})

it('it binds nobody before the last step, nor where it was not asked for', async () => {
  await api.put(migration, 'search', { state: { ...states.prepared, confirmation: null } })
  await confirm(ada)
  expect(await refusedAs(post('advance', {}, ada))).toEqual([409, 'gate-closed'])
  expect((await put(root, inventory({}))).status).toBe(200)
  await api.put(migration, 'search', { state: { ...states.soaking, confirmation: null } })
  await confirm(ada)
  expect(await refusedAs(post('advance', {}, ada))).toEqual([409, 'gate-closed'])
})

it('nobody but an admin takes it back', async () => {
  for (const more of [{}, { twoPersons: false }]) {
    expect(await put(ada, inventory(more))).toMatchObject({ status: 403, json: { right: 'lift-two-persons' } })
  }
  expect((await put(ada, inventory())).status).toBe(200)
  expect((await put(root, inventory({ twoPersons: false }))).status).toBe(200)
})
