import type { Guard, Tally } from './guard.ts'

/** Fewer answers than this say nothing. */
const enoughAnswers = 2

/** From this share of faulty answers on green is alarming, if blue is better in the same time. */
const alarmingRatio = 0.5

export const greenErrors: Guard = {
  watches: "does green answer the service's own requests as well as blue does?",
  look: ({ reading }) => {
    const { blue, green } = reading.probes
    if (green.answers < enoughAnswers) {
      return {
        state: 'unknown',
        sentence: `only ${green.answers} of our requests are known to have been answered by green`,
      }
    }
    const sentence = `${green.faults} of ${green.answers} answers of green were faulty, ${blue.faults} of ${blue.answers} of blue`
    if (ratio(green) < alarmingRatio || ratio(green) <= ratio(blue)) return { state: 'calm', sentence }
    if ('value' in reading.health && reading.health.value.blue.healthy === 0) {
      return { state: 'calm', sentence: `${sentence}, but blue has no healthy target` }
    }
    return {
      state: 'alarmed',
      sentence: green.lastFault ? `${sentence}; the last: ${green.lastFault}` : sentence,
      numbers: { faults: green.faults, answers: green.answers, blueFaults: blue.faults },
    }
  },
}

const ratio = ({ answers, faults }: Tally): number => (answers === 0 ? 0 : faults / answers)
