import { describeSplit, inEffect } from '../../infra/traffic.ts'
import { closed, notKnown, open, type Gate } from './gate.ts'

/** AWS reads back a split that is wanted. */
export const splitInEffect: Gate = {
  asks: 'does AWS read back the split that is wanted?',
  needs: ['split'],
  ask: ({ split, wanted, grain }) => {
    if ('unknown' in split) return notKnown(`the switch point could not be read: ${split.unknown}`)
    const observed = split.value
    if (!observed) return closed('the switch point sends traffic to something that is neither blue nor green')
    const numbers = { green: observed.green }
    if (wanted.some((one) => inEffect(grain, one, observed)))
      return open(`${describeSplit(observed)} is in effect`, numbers)
    const wants = wanted.map(describeSplit).join(' or ')
    return closed(
      `${describeSplit(observed)} is in effect, wanted is ${wants}: somebody else moved traffic; roll back`,
      numbers,
    )
  },
}
