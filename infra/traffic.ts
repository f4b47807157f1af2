/** Which cluster. Identity: never changes during a migration. */
export type Colour = 'blue' | 'green'

/** What a side is doing now. A role: changes with the split. */
export type Role = 'live' | 'candidate'

/** Share of the traffic in percent, integers, sum 100. */
export interface Split {
  readonly blue: number
  readonly green: number
}

/** All traffic where it was found: on blue. */
export const home: Split = { blue: 100, green: 0 }

/** All traffic on green. */
export const moved: Split = { blue: 0, green: 100 }

/** The split that gives green `percent`. Throws RangeError on anything that is not an integer from 0 to 100. */
export function splitFor(percent: number): Split {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
    throw new RangeError(`green's share is an integer from 0 to 100, not ${percent}`)
  }
  return { blue: 100 - percent, green: percent }
}

/** Has green everything? */
export const isMoved = ({ green }: Split): boolean => green === 100

export const sameSplit = (a: Split | null, b: Split | null): boolean => a?.green === b?.green && a?.blue === b?.blue

/** How finely a switch can split traffic. `by-targets`: by how many targets each side has, which nobody sets. */
export type Grain = 'percent' | 'all-or-nothing' | 'by-targets'

/** Is what AWS reads back what was wanted? Where targets decide, both sides having some is all that can be asked of a mixture. */
export function inEffect(grain: Grain, wanted: Split, observed: Split | null): boolean {
  if (grain !== 'by-targets' || !observed || !isMixed(wanted)) return sameSplit(wanted, observed)
  return isMixed(observed)
}

const isMixed = ({ blue, green }: Split): boolean => blue > 0 && green > 0

/**
 * The split that a pair of weights has in effect, rounded to whole percent so that a side with any weight keeps at least 1 %.
 * null when both are zero: nobody is then told where to send traffic, which is never a split.
 */
export function splitOfWeights(weights: Readonly<Record<Colour, number>>): Split | null {
  const sum = weights.blue + weights.green
  if (sum <= 0) return null
  const green = Math.round((100 * weights.green) / sum)
  if (weights.green > 0 && green === 0) return splitFor(1)
  if (weights.blue > 0 && green === 100) return splitFor(99)
  return splitFor(green)
}

/** Live is the side with the larger share; at 50/50 it is still blue, which had the traffic first. */
export const roleOf = (colour: Colour, split: Split): Role =>
  (split.green > split.blue ? 'green' : 'blue') === colour ? 'live' : 'candidate'

export const describeSplit = (split: Split): string => `blue ${split.blue} % / green ${split.green} %`
