import { expect, it } from 'vitest'
import { Events, type EventType, type JournalEvent } from '../../automation/events.ts'
import { logEvents, type Level } from '../../automation/log.ts'

const lines: { level: Level; fields: Readonly<Record<string, unknown>>; text: string }[] = []
const events = new Events()
logEvents(events, (level, fields, text) => lines.push({ level, fields, text }))

const event = (type: EventType, data: Record<string, unknown> = {}): JournalEvent => ({
  seq: 7,
  at: 0,
  migration: 'prod',
  workload: 'search',
  operation: 'op-1',
  type,
  data,
})

it('has one line for each thing that this service wrote, with the ids by which it is found', () => {
  events.emit('written', [event('stage-started', { stage: 'shifted' }), event('split-read')])
  expect(lines.splice(0)).toEqual([
    {
      level: 'info',
      text: 'search: stage-started',
      fields: {
        event: 'stage-started',
        seq: 7,
        migration: 'prod',
        workload: 'search',
        operation: 'op-1',
        data: { stage: 'shifted' },
      },
    },
    expect.objectContaining({ text: 'search: split-read' }),
  ])
})

it('has nothing of what another service wrote', () => {
  events.emit('event', event('home'))
  expect(lines).toEqual([])
})

it.each<[Level, EventType, Record<string, unknown>, string]>([
  ['warn', 'guard-fired', {}, 'search: guard-fired'],
  ['error', 'operation-finished', { state: 'failed' }, 'search: operation-finished'],
  ['info', 'operation-finished', { state: 'cancelled' }, 'search: operation-finished'],
  ['warn', 'message', { severity: 'warning', text: 'trying again' }, 'search: trying again'],
  ['error', 'message', { severity: 'error', text: 'no' }, 'search: no'],
  ['info', 'message', { severity: 'info', text: 'so' }, 'search: so'],
])('is %s of a %s %j', (level, type, data, text) => {
  events.emit('written', [event(type, data)])
  expect(lines.splice(0)).toEqual([expect.objectContaining({ level, text })])
})
