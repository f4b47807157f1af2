import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../demo/client.ts'
import { written } from './by-hand.ts'
import { inTurn, weights } from './floors.ts'
import { compare, ms, ratio, timed, type Compared, type Pair } from './measure.ts'
import { settled, timeHome } from './operations.ts'
import { table, type Order, type Part } from './part.ts'
import { advanceTo, free, inSetting, withSlowAws, type Setting } from './setting.ts'
import { manySteps } from './ups.ts'

const atMost = { median: 1.3, p95: 2 } as const

interface HomeFigures {
  readonly idle: Compared
  readonly preempting: Compared
}

export const home: Part = {
  about: 'the way home in the middle of an up and at rest, against direct calls',
  async run(order) {
    const { say, rounds, awsDelayMs } = order
    const workload = 'search'
    const { idle, preempting } = await inSetting(
      { scenario: 'small', entries: (all) => ({ [workload]: { ...all[workload], steps: manySteps } }) },
      say,
      (setting) => {
        say(`${rounds} times there and back, as often from the middle of an up`)
        return measureHome(setting, workload, order)
      },
    )
    const row = (what: string, { ours, ratio: to }: Compared) => [
      what,
      ms(ours.median),
      ms(ours.p95),
      ratio(to.median),
      ratio(to.p95),
    ]
    const bounds = (what: string, { ratio: to }: Compared) => [
      { what: `${what}, ratio to its floor`, figure: to.median, atMost: atMost.median },
      { what: `${what}, p95 of the ratio`, figure: to.p95, atMost: atMost.p95 },
    ]
    return {
      title: 'Traffic home',
      text: `An \`alb\` rule. From \`POST rollback\` sent to the split read back from AWS as home; the sandbox answers every AWS call after ${awsDelayMs} ms.
The floor, in each round, is one ModifyRule and one DescribeRules made directly with the SDK: ${ms(idle.theirs.median)} in the median.

${table(
  ['', 'median', 'p95', 'ratio to the floor', 'p95'],
  [row('rollback', idle), row('rollback that takes the place of a running `up`', preempting)],
)}

${rounds} rounds of each.`,
      bounds: [...bounds('rollback', idle), ...bounds('rollback from the middle of an `up`', preempting)],
      figures: { idle, preempting },
    }
  },
}

async function measureHome(
  { stage, client, aws }: Setting,
  workload: string,
  { rounds, awsDelayMs }: Order,
): Promise<HomeFigures> {
  const idle: Pair[] = []
  const preempting: Pair[] = []
  await advanceTo(client, workload, 'prepared')
  const floor = await weights((await written(client, workload)).config.site, aws)
  await inTurn(floor)
  const timeFloor = () => withSlowAws(stage, awsDelayMs, () => timed(() => inTurn(floor)))
  for (let round = 0; round < rounds; round += 1) {
    await advanceTo(client, workload, 'shifting')
    const atRest = await withSlowAws(stage, awsDelayMs, () => timeHome(client, workload))
    await settled(client, workload)
    idle.push({ ours: atRest, theirs: await timeFloor() })

    await advanceTo(client, workload, 'shifting')
    await free(client, workload)
    const fromTheMiddle = await withSlowAws(stage, awsDelayMs, async () => {
      const { id } = await client.post(workload, 'advance')
      await inTheMiddleOf(client, id)
      return timeHome(client, workload)
    })
    await settled(client, workload)
    preempting.push({ ours: fromTheMiddle, theirs: await timeFloor() })
  }
  return { idle: compare(idle), preempting: compare(preempting) }
}

/** The engine has begun; a moment later its CLI and plugins are at work. */
async function inTheMiddleOf(client: Client, id: string): Promise<void> {
  while ((await client.operation(id)).state === 'queued') await sleep(10)
  await sleep(engineAtWorkMs)
}

const engineAtWorkMs = 700
