import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../automation/audit.ts'
import type { RunReport } from '../../automation/report/report.ts'
import type { OperationAnswer } from '../../demo/client.ts'
import { advance, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { collectSpans } from '../support/spans.ts'
import { root } from '../docs/pages.ts'

/** One workload goes out and comes home again; afterwards everything can be accounted for. */
let service: TestService
let folder: string
let toTen: OperationAnswer
let home: OperationAnswer
const spans = collectSpans()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-'))
  service = await startTestService()
  await applyInventory(service, { steps: [10, 100] })
  for (const _phase of ['adopted', 'prepared']) await advance(service, 'search')
  toTen = await advance(service, 'search')
  await service.client.post('search', 'holds', { reason: 'lunch' })
  await service.client.act('search', 'advance').catch(() => undefined)
  home = await service.client.act('search', 'rollback', { reason: 'the numbers | look odd' })
}, 500_000)
afterAll(async () => {
  spans.stop()
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

const get = async (path: string, accept = '*/*') => {
  const answer = await fetch(`${service.url}${path}`, { headers: { accept } })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}
const exported = async (): Promise<AuditEntry[]> => {
  const { text } = await get('/v1/audit', 'application/x-ndjson')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry)
}

describe('the audit', () => {
  it('has who, what and why of each decision, and what was then done', async () => {
    const entries = (await exported()).filter(({ operation }) => operation === home.id)
    const of = (action: string) => entries.find((entry) => entry.action === action)
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'rollback accepted',
      'flip succeeded',
      'stage begun',
      'up succeeded',
      'stage succeeded',
      'end succeeded',
    ])
    for (const entry of entries)
      expect(entry).toMatchObject({ by: 'operator', address: '127.0.0.1', reason: 'the numbers | look odd' })
    expect(of('flip')).toMatchObject({ details: { homeMs: home.homeMs, split: { blue: 100, green: 0 } } })
    expect(of('up')?.update).toMatchObject({ message: home.id, stack: expect.stringContaining('search') })
  })

  it('has the request ids of what the service itself wrote, as AWS knows them', async () => {
    const writes = (await exported()).flatMap(({ action, aws }) => aws.map((write) => ({ action, ...write })))
    expect(writes).toContainEqual({
      action: 'flip',
      call: 'ElasticLoadBalancingV2.ModifyRule',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      error: null,
    })
  })

  it('has what Pulumi did, by its own word', async () => {
    const up = (await exported()).find(({ operation, action }) => operation === toTen.id && action === 'up')
    expect(up?.update?.steps).toEqual({ update: 1 })
  })

  it('has the gates with their numbers of an advance, and an advance that was refused', async () => {
    const entries = await exported()
    const accepted = entries.find(({ operation, action }) => operation === toTen.id && action === 'advance')
    expect(accepted?.details['gates']).toContainEqual(
      expect.objectContaining({ name: 'green-enough', state: 'open', numbers: expect.any(Object) }),
    )
    expect(entries.filter(({ outcome }) => outcome === 'refused')).toEqual([
      expect.objectContaining({
        action: 'advance',
        workload: 'search',
        details: expect.objectContaining({ code: 'held' }),
      }),
    ])
  })

  it('is paged and filtered', async () => {
    const first = JSON.parse((await get('/v1/audit?action=advance&outcome=x')).text)
    expect(first).toMatchObject({ status: 400, code: 'bad-request' })
    const page = JSON.parse((await get('/v1/audit?workload=search&action=advance&limit=2')).text)
    expect(page.items.map(({ action }: AuditEntry) => action)).toEqual(['advance', 'advance'])
    const rest = JSON.parse((await get(`/v1/audit?workload=search&action=advance&cursor=${page.next}`)).text)
    expect(rest.items).toHaveLength(2)
    expect(rest.next).toBeNull()
    expect(await get('/v1/audit?limit=5', 'application/x-ndjson')).toMatchObject({ status: 400 })
    expect(await get('/v1/audit', 'text/html')).toMatchObject({ status: 406 })
    expect(await get('/v1/audit?since=2016-12-31T23:59:60Z')).toMatchObject({ status: 400 })
  })

  it('is whole by the command, and broken where somebody changed a line', async () => {
    const { text } = await get('/v1/audit', 'application/x-ndjson')
    const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as AuditEntry
    const whole = await verify(text)
    expect(whole).toEqual({ code: 0, out: `whole: ${last.seq} entries, the last one's hash is ${last.hash}\n` })
    expect((await verify(text.replace('lunch', 'brunch'))).code).toBe(1)
    expect((await verify(text.trim().split('\n').slice(0, -1).join('\n'), '--head', last.hash)).out).toMatch(
      /^broken at entry/,
    )
    expect((await verify('nonsense')).code).toBe(2)
    expect((await verify(text, '--heads')).code).toBe(2)
  })
})

function verify(text: string, ...more: string[]): Promise<{ code: number | string; out: string }> {
  const file = join(folder, 'export.ndjson')
  return writeFile(file, text).then(
    () =>
      new Promise((resolve) =>
        execFile(process.execPath, ['api/audit.ts', 'verify', file, ...more], { cwd: root }, (error, out) =>
          resolve({ code: error?.code ?? 0, out }),
        ),
      ),
  )
}

describe('the run report', () => {
  const path = () => `${service.client.pathOf('search')}/report`

  it('tells each phase, what led out of it, and the way home', async () => {
    const report = JSON.parse((await get(path())).text) as RunReport
    expect(report.visits.map(({ phase, step, left }) => [phase, step, left?.action ?? null])).toEqual([
      ['registered', null, 'advance'],
      ['adopted', null, 'advance'],
      ['prepared', null, 'advance'],
      ['shifting', 10, 'rollback'],
      ['prepared', null, null],
    ])
    expect(report.rollbacks).toMatchObject([{ operation: home.id, homeMs: home.homeMs, state: 'succeeded' }])
    expect(report.refusals).toMatchObject([{ action: 'advance', code: 'held' }])
    const { total, machine, time, people } = report.seconds
    expect(machine).toBeGreaterThan(0)
    expect(Math.abs(total - machine - time - people)).toBeLessThan(1)
  })

  it('is a page as well', async () => {
    const page = await get(path(), 'text/markdown')
    expect(page.type).toBe('text/markdown; charset=utf-8')
    expect(page.text).toContain('# search in small')
    expect(page.text).toContain('the numbers \\| look odd')
    expect(page.text).toMatch(/^\| shifting 10 \| 90 \/ 10 % \|.* rollback by operator/m)
  })
})

describe('the figures', () => {
  it('say where workloads are, what was done, and what AWS was asked', async () => {
    const { text, type } = await get('/metrics')
    expect(type).toContain('text/plain')
    const value = (line: string): number =>
      Number(new RegExp(`^${line.replace(/[{}"]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1] ?? NaN)
    expect(value('cutover_workload_phase{migration="small",workload="search",kind="alb",phase="prepared"}')).toBe(1)
    expect(
      value('cutover_workload_split_percent{migration="small",workload="search",colour="blue",reading="wanted"}'),
    ).toBe(100)
    expect(value('cutover_operations_total{action="advance",state="succeeded"}')).toBe(3)
    expect(value('cutover_advance_seconds_count')).toBe(3)
    expect(value('cutover_rollback_home_seconds_count')).toBe(1)
    expect(value('cutover_reconcile_seconds_count')).toBe(1)
    expect(value('cutover_working_seconds_total{action="rollback"}')).toBeGreaterThan(0)
    expect(value('cutover_waiting_seconds_total{for="people"}')).toBeGreaterThanOrEqual(0)
    expect(
      value('cutover_aws_calls_total{service="ElasticLoadBalancingV2",operation="ModifyRule",outcome="ok"}'),
    ).toBeGreaterThan(0)
    expect(text).toMatch(/^cutover_process_memory_bytes\{process="worker",pid="\d+"\} \d{7,}/m)
    expect(value('cutover_ready')).toBe(1)
    expect(text).toMatch(/^cutover_workload_gate\{migration="small",workload="search",gate="green-enough"\} 1/m)
  })
})

describe('a trace', () => {
  it('goes from the request over the operation and its stages to the runs of the engine', () => {
    const named = (name: string) => spans.ended.filter((span) => span.name === name)
    const operation = named('operation rollback').find(({ attributes }) => attributes['cutover.operation'] === home.id)
    const [request] = named('POST /v1/migrations/:migration/workloads/:workload/rollback')
    expect(operation).toMatchObject({ parent: request?.spanId, traceId: request?.traceId, error: null })
    const stage = spans.ended.find(({ parent, name }) => parent === operation?.spanId && name.startsWith('stage '))
    const runs = spans.ended.filter(({ parent }) => parent === stage?.spanId).map(({ name }) => name)
    expect(runs).toContain('engine up')
    expect(runs).toContain('engine preview')
    expect(request?.attributes['http.response.status_code']).toBe(202)
  })
})
