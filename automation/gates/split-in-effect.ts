import { describeSplit, sameSplit } from '../../infra/traffic.ts'
import { phaseOf } from '../phases/phases.ts'
import { closed, notKnown, open, type Facts, type Gate } from './gate.ts'

/**
 * AWS reads back the split that the phase stands for. After an operation that broke off it may also be the split that the
 * operation was about to set, which the gates had allowed: the next advance goes on from there.
 */
export const splitInEffect: Gate = {
  asks: 'does AWS read back the split that is wanted?',
  needs: ['split'],
  ask: (facts) => {
    if ('unknown' in facts.split) return notKnown(`the switch point could not be read: ${facts.split.unknown}`)
    const observed = facts.split.value
    if (!observed) return closed('the switch point sends traffic to something that is neither blue nor green')
    const wanted = wantedSplits(facts)
    const numbers = { green: observed.green }
    if (wanted.some((split) => sameSplit(split, observed)))
      return open(`${describeSplit(observed)} is in effect`, numbers)
    const wants = wanted.map(describeSplit).join(' or ')
    return closed(
      `${describeSplit(observed)} is in effect, wanted is ${wants}: somebody else moved traffic; roll back`,
      numbers,
    )
  },
}

function wantedSplits({ workload, state }: Facts) {
  const ofPhase = phaseOf(state).split(state)
  const begun = workload.unsettled ? workload.stage?.split : undefined
  return begun && !sameSplit(begun, ofPhase) ? [ofPhase, begun] : [ofPhase]
}
