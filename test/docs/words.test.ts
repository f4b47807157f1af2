import { expect, test } from 'vitest'
import { statusOf } from '../../api/errors.ts'
import { errorCodes, type ErrorCode } from '../../automation/errors.ts'
import { eventTypes } from '../../automation/events.ts'
import { gates } from '../../automation/gates/gates.ts'
import { guards, readingsToFire } from '../../automation/guards/watch.ts'
import { stopPoints } from '../../automation/stop-points.ts'
import { column, namesIn, tableOf, textOf } from './pages.ts'

/** The tables of the pages against the tables of the code: a row that is missing on either side fails. */

test('the words are those on top of migration.ts', () => {
  const [, block = ''] = /^\/\*\*([^]*?)\*\//.exec(textOf('automation/migration.ts')) ?? []
  const lines = block.split('\n').flatMap((line) => {
    const text = line.replace(/^ \* ?/, '')
    const [, word, meaning] = /^(\S.*?) {2,}(\S.*)$/.exec(text) ?? /^(switch point) (.*)$/.exec(text) ?? []
    return word && meaning ? [[word, meaning]] : []
  })
  expect(lines.length).toBeGreaterThan(10)
  expect(tableOf('docs/concepts.md', 'Concepts').rows).toEqual(lines)
})

test('every error code, its status and its meaning', () => {
  const table = tableOf('docs/errors.md', 'Errors')
  const codes = Object.keys(errorCodes) as ErrorCode[]
  expect(namesIn(table, 'code')).toEqual(codes)
  expect(column(table, 'status')).toEqual(codes.map((code) => String(statusOf[code])))
  expect(column(table, 'meaning')).toEqual(codes.map((code) => errorCodes[code]))
  expect(column(table, 'what to do').every(Boolean)).toBe(true)
})

test('every code that arises before a request is understood', () => {
  const source = textOf('api/errors.ts')
  const titled = [...source.matchAll(/^ {4}(\d{3}): \['([a-z-]+)',/gm)].map(([, status = '', code = '']) => [
    code,
    status,
  ])
  const [, internal = ''] = /type: 'urn:eks-cutover:error:([a-z-]+)'/.exec(source) ?? []
  const table = tableOf('docs/errors.md', 'Before a request is understood')
  const written = column(table, 'status').map((status, row) => [namesIn(table, 'code')[row], status])
  expect(titled.length).toBeGreaterThan(3)
  expect(written.sort()).toEqual([...titled, [internal, '500']].sort())
})

test('every gate and what it asks', () => {
  const table = tableOf('docs/gates-and-guards.md', 'Gates')
  expect(namesIn(table, 'gate')).toEqual(Object.keys(gates))
  expect(column(table, 'asks')).toEqual(Object.values(gates).map(({ asks }) => asks))
})

test('every guard, what it watches, and when it fires', () => {
  const table = tableOf('docs/gates-and-guards.md', 'Guards')
  expect(namesIn(table, 'guard')).toEqual(Object.keys(guards))
  expect(column(table, 'watches')).toEqual(Object.values(guards).map(({ watches }) => watches))
  expect(textOf('docs/gates-and-guards.md')).toContain(`fires after ${readingsToFire} alarmed looks in a row`)
})

test('every event type', () => {
  expect(namesIn(tableOf('docs/api.md', 'Events'), 'event')).toEqual(Object.keys(eventTypes))
})

test('every stop point', () => {
  expect(namesIn(tableOf('docs/how-it-works.md', 'If it dies'), 'stop point')).toEqual([...stopPoints])
})
