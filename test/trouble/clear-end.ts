import { expect } from 'vitest'
import type { OperationAnswer } from '../../demo/client.ts'
import { places, type Leg } from './legs.ts'
import type { Rehearsal } from './rehearsal.ts'

/** It has ended, says why where it did not succeed, and the workload and its traffic are where it says that they are. */
export async function endedClearly(
  rehearsal: Rehearsal,
  leg: Leg,
  ended: OperationAnswer,
  note: string,
): Promise<void> {
  expect(['succeeded', 'failed', 'interrupted'], note).toContain(ended.state)
  await rehearsal.dividedAsBeforeOrAfter(leg, note)
  const { phase, sentence, split } = await rehearsal.view()
  // a rollback is where it wanted to go once it is home; what has to be reconciled then may fail
  const arrived = ended.state === 'succeeded' || ended.homeMs !== null || leg.to === phase
  if (leg.action === 'advance') expect(phase, note).toBe(ended.state === 'succeeded' ? leg.to : leg.from)
  else expect([leg.to, ...(arrived ? [] : [leg.from])], note).toContain(phase)
  expect(split.wanted, note).toEqual(places[phase as keyof typeof places])
  if (ended.state === 'succeeded') return
  expect(ended.error?.detail ?? '', note).not.toBe('')
  expect(sentence, note).toContain(`the last ${leg.action} ${ended.state === 'failed' ? 'failed' : 'was interrupted'}`)
}
