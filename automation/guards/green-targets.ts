import { neededTargets } from '../gates/green-enough.ts'
import type { Guard } from './guard.ts'

/** One target may be missing: a pod that restarts is no reason to go home. None at all always is. */
const tolerated = 1

export const greenTargets: Guard = {
  watches: 'has green the healthy targets that its present share needs?',
  look: ({ reading, blueAtHome, capacity }) => {
    if ('unknown' in reading.split) return { state: 'unknown', sentence: reading.split.unknown }
    if ('unknown' in reading.health) return { state: 'unknown', sentence: reading.health.unknown }
    const share = reading.split.value?.green ?? 0
    const { green } = reading.health.value
    if (share === 0 || !green || blueAtHome === 0) return { state: 'calm', sentence: 'green has no traffic' }
    const needed = neededTargets(blueAtHome, share, capacity)
    const { healthy } = green
    const numbers = { healthy, needed, share }
    const sentence = `green has ${healthy} healthy of ${needed} targets needed for ${share} % of the traffic`
    if (healthy > 0 && healthy >= needed - tolerated) return { state: 'calm', sentence }
    const blue = reading.health.value.blue.healthy
    if (blue / blueAtHome <= healthy / needed) {
      return { state: 'calm', sentence: `${sentence}, but blue with ${blue} of ${blueAtHome} is no healthier` }
    }
    return { state: 'alarmed', sentence, numbers }
  },
}
