import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Type, type TSchema } from 'typebox'
import { eventSchema } from '../../api/schemas/event.ts'
import { faultsOf } from '../../automation/schema.ts'
import { EventStream, type StreamEvent } from './sse.ts'
import { TestApi } from './service.ts'

let api: TestApi
let url: string
const open: EventStream[] = []

beforeAll(async () => {
  api = await TestApi.start()
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
  url = `${address}/v1/events`
  await api.apply('prod', { search: {}, tagging: {} })
})
afterEach(() => {
  for (const stream of open.splice(0)) stream.close()
})
afterAll(() => api.stop())

const listen = async (query = '', headers = {}): Promise<EventStream> => {
  const stream = await EventStream.open(url + query, headers)
  open.push(stream)
  return stream
}

const write = (text: string, operation: string | null = null, name = 'search') =>
  api.write((work) => work.events.write({ migration: 'prod', name }, operation, 'message', { text }))

const texts = (events: StreamEvent[]): unknown[] => events.map(({ data }) => data['data'].text)
const last = () => api.store.read.events.last()
const after = async () => ({ 'last-event-id': String(await last()) })

describe('the event stream', () => {
  it('tells what happens from now on, as it is in the journal', async () => {
    const stream = await listen('', await after())
    expect(stream.type).toMatch(/^text\/event-stream/)
    await write('hello', 'op-1')
    const [event] = await stream.take(1)
    expect(event).toEqual({
      id: String(await last()),
      event: 'message',
      data: {
        seq: await last(),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        migration: 'prod',
        workload: 'search',
        operation: 'op-1',
        type: 'message',
        data: { text: 'hello' },
      },
    })
  })

  it('has events as the document describes them', async () => {
    const stream = await listen('', await after())
    await write('hello', 'op-1')
    await write('everything', null)
    const told = await stream.take(2)
    const { data, ...lines } = eventSchema.properties
    for (const { data: said, ...event } of told) {
      expect(Object.keys(event).concat('data').sort()).toEqual(Object.keys(eventSchema.properties).sort())
      expect(faultsOf(Type.Object(lines), event)).toEqual([])
      expect(faultsOf((data as { contentSchema?: TSchema }).contentSchema ?? Type.Never(), said)).toEqual([])
    }
  })

  it('goes on after the last event that a client has seen', async () => {
    const before = await last()
    await write('one')
    await write('two')
    await write('three')
    const [one] = await (await listen('', { 'last-event-id': String(before) })).take(1)
    const rest = await (await listen('', { 'last-event-id': one?.id ?? '' })).take(2)
    expect(texts([...(one ? [one] : []), ...rest])).toEqual(['one', 'two', 'three'])
  })

  it('leaves nothing out, however much was missed', async () => {
    const before = await last()
    const sent = Array.from({ length: 510 }, (_, n) => String(n))
    const events = sent.map((text) => ['message', { text }] as const)
    await api.write((work) => work.events.writeAll({ migration: 'prod', name: 'search' }, null, events))
    const stream = await listen('', { 'last-event-id': String(before) })
    expect(texts(await stream.take(sent.length))).toEqual(sent)
  })

  it('leaves nothing out and tells nothing twice of what happens while it begins', async () => {
    const before = await last()
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 25; n += 1) {
        await write(`${writer}/${n}`)
        await setImmediate()
      }
    })
    const stream = await listen('', { 'last-event-id': String(before) })
    await Promise.all(writers)
    await write('last')
    const journal = await api.store.read.events.after(before, {}, 500)
    const told = await stream.take(journal.length)
    expect(told.map(({ id }) => Number(id))).toEqual(journal.map(({ seq }) => seq))
  })

  it('is picked by migration, workload and operation', async () => {
    const ofWorkload = await listen('?migration=prod&workload=tagging', await after())
    const ofOperation = await listen('?operation=op-7', await after())
    const ofOther = await listen('?migration=other&operation=op-7', await after())
    await write('not for them')
    await write('tagging', null, 'tagging')
    await write('seven', 'op-7')
    expect(texts(await ofWorkload.take(1))).toEqual(['tagging'])
    expect(texts(await ofOperation.take(1))).toEqual(['seven'])
    await api.write((work) =>
      work.events.write({ migration: 'other', name: 'x' }, 'op-7', 'message', { text: 'other' }),
    )
    expect(texts(await ofOther.take(1))).toEqual(['other'])
  })

  it('tells of holds, confirmations and operations as they are placed', async () => {
    const stream = await listen('?workload=search', await after())
    const path = '/v1/migrations/prod/workloads/search'
    const { json: hold } = await api.post(`${path}/holds`, { name: 'freeze', reason: 'because' })
    await api.send('DELETE', `${path}/holds/${hold['id']}`)
    const { json: operation } = await api.post(`${path}/abandon`, { reason: 'enough' })
    await api.ended(String(operation['id']))
    const events = await stream.take(6)
    expect(events.map(({ event }) => event)).toEqual([
      'hold-placed',
      'hold-removed',
      'operation-queued',
      'operation-started',
      'state-changed',
      'operation-finished',
    ])
    expect(events.slice(2).map(({ data }) => data['operation'])).toEqual(Array(4).fill(operation['id']))
    expect(events[4]?.data['data']).toMatchObject({ from: { phase: 'registered' }, to: { phase: 'abandoned' } })
  })

  it.each(['?workload=A', '?all=true'])('is refused for %s, as a problem', async (query) => {
    const answer = await fetch(url + query, { headers: { accept: 'text/event-stream' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ])
    await answer.body?.cancel()
  })

  it('does not go on after something that is no event', async () => {
    const headers = { accept: 'text/event-stream', 'last-event-id': 'yesterday' }
    const answer = await fetch(url, { headers })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'bad-request', in: 'headers' })
  })

  it('is not what a client gets that wants something else', async () => {
    const answer = await fetch(url, { headers: { accept: 'application/json' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      406,
      'application/problem+json; charset=utf-8',
    ])
    await answer.body?.cancel()
  })

  it('leaves no listener behind when its client goes', async () => {
    const listeners = () => [api.cutover.events.listenerCount('event'), api.app.server.listenerCount('close')]
    const before = listeners()
    const stream = await listen('', await after())
    await write('here')
    await stream.take(1)
    expect(listeners()[0]).toBeGreaterThan(before[0] ?? 0)
    stream.close()
    await expect.poll(listeners, { timeout: 10_000 }).toEqual(before)
  })
})

describe('a stop of the service', () => {
  it('ends every stream', async () => {
    const stream = await listen('', await after())
    await api.stop()
    await stream.ended()
  })
})
