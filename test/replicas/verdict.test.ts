import { describe, expect, it } from 'vitest'
import type { Kill } from './kills.ts'
import {
  faultsInLives,
  faultsInStream,
  faultsInTakeovers,
  takeoverMs,
  type OperationEvent,
  type OperationRow,
} from './verdict.ts'

/** The judge of `npm run test:replicas`: what it lets pass, and what it does not. */
const row = (change: Partial<OperationRow> = {}): OperationRow => ({
  id: 'op-1',
  migration: 'even',
  action: 'advance',
  state: 'succeeded',
  fence: 1,
  owner: null,
  error: null,
  ...change,
})
const event = (type: string, at = 0, data: object = {}): OperationEvent => ({
  operation: 'op-1',
  type: `operation-${type}`,
  at,
  data: { ...data },
})
const lived = (...types: string[]): OperationEvent[] => types.map((type) => event(type))

describe('the life of an operation', () => {
  it.each([
    ['begins and ends', row(), ['queued', 'started', 'finished']],
    ['is gone on with twice', row({ fence: 3 }), ['queued', 'started', 'taken-over', 'taken-over', 'finished']],
    ['is cancelled before it began', row({ state: 'cancelled', fence: 0 }), ['queued', 'finished']],
  ])('%s', (_what, operation, types) => {
    expect(faultsInLives([operation], lived(...types))).toEqual([])
  })

  it.each([
    ['never ends', row({ state: 'running' }), ['queued', 'started'], /is running/],
    ['fails', row({ state: 'failed', error: { code: 'x', message: 'why' } }), ['queued', 'started', 'finished'], /why/],
    ['ends twice', row(), ['queued', 'started', 'finished', 'finished'], /finished finished/],
    ['begins twice', row(), ['queued', 'started', 'started', 'finished'], /started started/],
    ['goes on after its end', row({ fence: 2 }), ['queued', 'started', 'finished', 'taken-over'], /finished taken/],
    ['was had by one who is not told of', row({ fence: 2 }), ['queued', 'started', 'finished'], /fence 2 after 0/],
    ['stays somebody’s', row({ owner: 'replica-1' }), ['queued', 'started', 'finished'], /still replica-1's/],
  ])('%s: a fault', (_what, operation, types, fault) => {
    expect(faultsInLives([operation], lived(...types)).join()).toMatch(fault)
  })
})

describe('a take-over', () => {
  const kill: Kill = { name: 'replica-1', replica: 'dead', at: 1_000, operations: ['op-1'] }
  const taken = (at: number, from = 'dead') => event('taken-over', at, { from, by: 'other' })

  it('in time is as it has to be', () => {
    expect(faultsInTakeovers([kill], [taken(1_000 + takeoverMs)])).toEqual([])
  })

  it('is not needed of what a rollback has ended', () => {
    expect(faultsInTakeovers([kill], [event('finished', 2_000, { state: 'cancelled' })])).toEqual([])
  })

  it.each([
    ['too late', [taken(1_001 + takeoverMs)], /15 s after/],
    ['by nobody', [event('finished', 2_000, { state: 'succeeded' })], /by nobody/],
    ['from another', [taken(2_000, 'another')], /by nobody/],
  ])('%s: a fault', (_what, events, fault) => {
    expect(faultsInTakeovers([kill], events).join()).toMatch(fault)
  })
})

describe('a stream', () => {
  it('has what the journal has, gaps of its numbers included', () => {
    expect(faultsInStream([1, 2, 5], [1, 2, 5])).toEqual([])
  })

  it.each([
    ['leaves out', [1, 5], /left out 1 events, the first 2/],
    ['repeats', [1, 2, 2, 5], /twice or late, the first 2/],
    ['turns round', [1, 5, 2], /twice or late, the first 2/],
  ])('%s: a fault', (_what, seen, fault) => {
    expect(faultsInStream(seen, [1, 2, 5]).join()).toMatch(fault)
  })
})
