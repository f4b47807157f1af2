import { describe, expect, it } from 'vitest'
import type { LockHolder } from '../../automation/engine/pulumi-errors.ts'
import { areDead, deadAfterMs, verdictOn, type Viewpoint } from '../../automation/lock-of-the-dead.ts'
import { leaseSeconds, selfTrustMs } from '../../automation/replica.ts'
import type { KnownCli } from '../../automation/store/cli-runs.ts'

const begunAt = Date.UTC(2026, 0, 2, 3, 4, 5, 600)
const holder = (change: Partial<LockHolder> = {}): LockHolder => ({
  ...{ pid: 4242, host: 'there', at: begunAt + 400, text: 'created by …' },
  ...change,
})
const cli = (change: Partial<KnownCli> = {}): KnownCli => ({
  ...{ pid: 4242, startedAt: '77', host: 'there', begunAt, leaselessMs: deadAfterMs },
  ...change,
})
/** Where the processes with these numbers and start times live. */
const here = (...alive: [pid: number, startedAt: string][]): Viewpoint => ({
  host: 'here',
  identify: (pid) => alive.map(([id, startedAt]) => ({ pid: id, startedAt })).find((one) => one.pid === pid) ?? null,
})

describe('a lock of this machine', () => {
  const mine = holder({ host: 'here' })
  const known = cli({ host: 'here', leaselessMs: null })

  it('is of the dead when there is no such process', () => {
    expect(verdictOn(mine, [], here())).toEqual({ is: 'dead' })
  })

  it('is not while the process lives, ours or another’s', () => {
    expect(verdictOn(mine, [], here([4242, '77']))).toEqual({ is: 'not known to be dead' })
    expect(verdictOn(mine, [known], here([4242, '77']))).toEqual({ is: 'not known to be dead' })
  })

  it('is when it was ours and its number is another process’s by now', () => {
    expect(verdictOn(mine, [known], here([4242, '99']))).toEqual({ is: 'dead' })
  })
})

describe('a lock of another machine', () => {
  it('is of the dead when the lease that the CLI was started under ended long enough ago', () => {
    expect(verdictOn(holder(), [cli()], here())).toEqual({ is: 'dead' })
    expect(verdictOn(holder(), [cli({ leaselessMs: Infinity })], here())).toEqual({ is: 'dead' })
  })

  it('will be when it ended a moment ago', () => {
    expect(verdictOn(holder(), [cli({ leaselessMs: 2_000 })], here())).toEqual({ is: 'waits', ms: deadAfterMs - 2_000 })
  })

  it.each([
    ['its owner has its lease', holder(), [cli({ leaselessMs: null })]],
    ['the journal does not know it', holder(), []],
    ['it is another process’s', holder({ pid: 4243 }), [cli()]],
    ['it is another machine’s', holder({ host: 'yonder' }), [cli()]],
    ['it is older than the CLI', holder({ at: begunAt - 2_000 }), [cli()]],
    ['it is much younger than the CLI', holder({ at: begunAt + 180_000 }), [cli()]],
    ['its time cannot be read', holder({ at: NaN }), [cli()]],
  ])('is not known to be when %s, though a process here has its number or not', (_what, lock, known) => {
    expect(verdictOn(lock, known, here())).toEqual({ is: 'not known to be dead' })
    expect(verdictOn(lock, known, here([4242, '77']))).toEqual({ is: 'not known to be dead' })
  })
})

describe('several holders', () => {
  const { signal } = new AbortController()

  it('are dead when all are, which may take a moment', async () => {
    const asked: number[] = []
    const known = async (): Promise<KnownCli[]> => {
      asked.push(asked.length)
      return [cli(), cli({ pid: 4243, leaselessMs: asked.length > 1 ? deadAfterMs : deadAfterMs - 10 })]
    }
    expect(await areDead([holder(), holder({ pid: 4243 })], known, signal)).toBe(true)
    expect(asked).toHaveLength(2)
  })

  it('are not when one is not known to be', async () => {
    expect(await areDead([holder(), holder({ pid: 4243 })], () => Promise.resolve([cli()]), signal)).toBe(false)
  })

  it('are not waited for by what is ended itself', async () => {
    const ended = AbortSignal.abort(new Error('a rollback took its place'))
    const known = () => Promise.resolve([cli({ leaselessMs: 0 })])
    await expect(areDead([holder()], known, ended)).rejects.toThrow('a rollback took its place')
  })
})

it('a worker ends its run before its owner is without its lease, so that the time after that is for the system alone', () => {
  expect(selfTrustMs).toBeLessThan(leaseSeconds * 1000)
  expect(deadAfterMs).toBeGreaterThan(leaseSeconds * 1000 - selfTrustMs)
})
