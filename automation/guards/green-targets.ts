import { neededTargets } from '../gates/green-enough.ts'
import type { Guard } from './guard.ts'

/** One target may be missing: a pod that restarts is no reason to go home. None at all always is. */
const tolerated = 1

export const greenTargets: Guard = {
  watches: 'has green the healthy targets that its present share needs?',
  look: ({ reading, blueAtHome, capacity, grain }) => {
    if ('unknown' in reading.split) return { state: 'unknown', sentence: reading.split.unknown }
    if ('unknown' in reading.health) return { state: 'unknown', sentence: reading.health.unknown }
    const share = reading.split.value?.green ?? 0
    const { green } = reading.health.value
    if (share === 0 || !green || blueAtHome === 0) return { state: 'calm', sentence: 'green has no traffic' }
    const needed = neededTargets(blueAtHome, share, capacity)
    const { healthy, initial } = green
    const numbers = { healthy, needed, share }
    const sentence = `green has ${healthy} healthy of ${needed} targets needed for ${share} % of the traffic`
    const isEnough = (targets: number): boolean => targets > 0 && targets >= needed - tolerated
    if (isEnough(healthy)) return { state: 'calm', sentence }
    // in one group with blue's, who has not been checked yet has no traffic, and a network load balancer takes its minutes
    if (grain === 'by-targets' && share < 100 && isEnough(healthy + initial)) {
      return { state: 'unknown', sentence: `${sentence}, and ${initial} have not been checked yet` }
    }
    const blue = reading.health.value.blue.healthy
    if (blue / blueAtHome <= healthy / needed) {
      return { state: 'calm', sentence: `${sentence}, but blue with ${blue} of ${blueAtHome} is no healthier` }
    }
    return { state: 'alarmed', sentence, numbers }
  },
}
