import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { LatencyHistogram } from '../../../sandbox/latency-histogram.ts'
import { startLoad, type Load, type LoadOptions } from '../../../sandbox/load.ts'
import { until } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let server: Server | undefined
let load: Load | undefined

afterEach(async () => {
  server?.closeAllConnections()
  await load?.stop()
  if (server?.listening) await once(server.close(), 'close')
})

async function serve(handler: RequestListener): Promise<string> {
  server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop`
}

function start(options: Partial<LoadOptions> & { url: string }): Load {
  load = startLoad({ ratePerSecond: 200, newConnectionShare: 0, ...options })
  return load
}

const enough = (count: number) => until(`${count} requests have ended`, () => (load?.snapshot().requests ?? 0) >= count)

test('counts answers by the cluster that they name', async () => {
  let turn = 0
  const url = await serve((request, response) => {
    turn += 1
    expect(request.headers['x-test']).toBe('yes')
    response.end(JSON.stringify({ cluster: turn % 4 === 0 ? 'green' : 'blue' }))
  })
  const running = start({ url, headers: { 'X-Test': 'yes' } })
  await enough(40)
  const { requests, failed, byColour, failures, p50Ms, p99Ms } = await running.stop()
  expect(failed).toBe(0)
  expect(failures).toEqual([])
  expect(byColour.green).toBe(Math.floor(requests / 4))
  expect(byColour.blue + byColour.green).toBe(requests)
  expect(p50Ms).toBeGreaterThan(0)
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms)
})

test('keeps its rate when the answers are late, and waits for them at the end', async () => {
  const waiting: (() => void)[] = []
  let arrived = 0
  let late = true
  const url = await serve((_request, response) => {
    arrived += 1
    const answer = () => response.end('{"cluster":"blue"}')
    if (late) waiting.push(answer)
    else answer()
  })
  const running = start({ url })
  await until('30 requests are waiting', () => waiting.length >= 30)
  expect(running.snapshot().requests).toBe(0)
  const stopped = running.stop()
  late = false
  for (const answer of waiting) answer()
  const { requests, failed } = await stopped
  expect({ requests, failed }).toEqual({ requests: arrived, failed: 0 })
})

test('opens a connection of its own for the given share of the requests', async () => {
  let connections = 0
  const url = await serve((_request, response) => response.end('{"cluster":"blue"}'))
  server?.on('connection', () => (connections += 1))
  const running = start({ url, newConnectionShare: 0.5 })
  await enough(40)
  const { requests } = await running.stop()
  expect(connections).toBeGreaterThanOrEqual(Math.floor(requests / 2))
})

describe('failures', () => {
  test.each([
    ['a status', (response: any) => response.writeHead(503).end(), 'answered with status 503'],
    [
      'a status with its reason',
      (response: any) => response.writeHead(504).end('late'),
      'answered with status 504 late',
    ],
    ['a body without a cluster', (response: any) => response.end('hello'), 'the answer names no cluster'],
    ['a connection that breaks', (response: any) => response.socket.destroy(), 'socket hang up'],
  ])('%s', async (_what, answer, reason) => {
    const url = await serve((_request, response) => answer(response))
    start({ url, newConnectionShare: 1 })
    await enough(25)
    const { requests, failed, failures } = await load!.stop()
    expect(failed).toBe(requests)
    expect(failures).toHaveLength(20)
    expect(failures[0]).toEqual({ at: expect.any(Date), reason })
  })

  test('nobody listens', async () => {
    const url = await serve(() => undefined)
    await once(server!.close(), 'close')
    start({ url })
    await enough(2)
    expect((await load!.stop()).failures[0]?.reason).toContain('ECONNREFUSED')
  })

  test.each([
    ['at all', () => undefined],
    ['to its end', (_request: unknown, response: ServerResponse) => response.write('{')],
  ])('no answer in time %s', async (_what, handler: RequestListener) => {
    const running = start({ url: await serve(handler), ratePerSecond: 50, timeoutMs: 100 })
    await enough(1)
    expect(running.snapshot().failures[0]?.reason).toBe('no answer within 100 ms')
  })
})

test('a kept connection that was closed as it was used again is no failure', async () => {
  const used = new WeakSet<Socket>()
  const url = await serve((request, response) => {
    if (used.has(request.socket)) return request.socket.destroy()
    used.add(request.socket)
    response.end('{"cluster":"blue"}')
  })
  const running = start({ url })
  await enough(40)
  expect(await running.stop()).toMatchObject({ failed: 0 })
})

test.each([{ ratePerSecond: 0 }, { ratePerSecond: Number.NaN }, { newConnectionShare: 2 }])('refuses %j', (options) => {
  expect(() => startLoad({ url: 'http://127.0.0.1', ratePerSecond: 1, newConnectionShare: 0, ...options })).toThrow(
    RangeError,
  )
})

test('latencies are known within 5 %', () => {
  const histogram = new LatencyHistogram()
  expect(histogram.quantile(0.5)).toBe(0)
  for (let ms = 1; ms <= 1000; ms += 1) histogram.add(ms)
  expect(histogram.quantile(0.5) / 500).toBeCloseTo(1, 1)
  expect(histogram.quantile(0.99) / 990).toBeCloseTo(1, 1)
  histogram.add(1e9)
  expect(histogram.quantile(1)).toBeGreaterThan(10_000)
})
