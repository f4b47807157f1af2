import type { Member } from '../contract/members.ts'
import { randomFrom } from '../support/random.ts'
import type { Victim } from '../support/kill.ts'
import type { FailingName, Write } from './faults.ts'
import { legsOf, type Leg } from './legs.ts'

/** CUTOVER_SEED chooses another sample. */
export const seed = Number(process.env['CUTOVER_SEED'] ?? 20_231_202)

export const victims = ['worker', 'cli', 'service'] as const satisfies readonly Victim[]

/** Calls that are throttled for longer than anybody tries take that long, so going forward they are for the whole of it. */
const sampled = {
  advance: ['denied', 'done and answered with 500', 'done and never answered'],
  rollback: ['throttled', 'denied', 'done and answered with 500', 'done and never answered'],
} as const

export interface Trouble {
  readonly leg: Leg
  /** Which of the leg's writes it strikes. */
  readonly chosen: (writes: readonly Write[]) => Write
  readonly failing: FailingName
  /** Who dies before that, while the write is under way. */
  readonly victim: Victim | null
}

/** One fault on each leg that leads back to the beginning, and a death on the way to green's side and in the switch. */
export function sampleOf(member: Member): readonly Trouble[] {
  const random = randomFrom(seed + hashOf(member.name))
  // in turns, so that no journey has twice what it could have had once
  const turn = Math.floor(random() * 12)
  const inTurn = <T>(choices: readonly T[], at: number): T => choices[(turn + at) % choices.length] as T
  return legsOf(member.grain)
    .filter(({ to }) => to !== 'retired')
    .map((leg, at) => {
      const drawn = random()
      return {
        leg,
        chosen: (writes) => writes[Math.floor(drawn * writes.length)] as Write,
        failing: inTurn(sampled[leg.action], at),
        victim: leg.name === 'prepare' || leg.name === 'move' ? inTurn(victims, at) : null,
      }
    })
}

const hashOf = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 0)
