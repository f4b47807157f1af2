import { written } from './by-hand.ts'
import { bringAll, inParallel, settleAll } from './crowd.ts'
import { inTurn, weights, type Floor } from './floors.ts'
import { compare, ms, ratio, timed, type Compared, type Pair } from './measure.ts'
import { table, type Order, type Part } from './part.ts'
import { inSetting, withSlowAws, type Setting } from './setting.ts'

const workloadCount = 40
const workers = 4
const atMost = 3
/** What one request may wait for at the most. Seconds. */
const waitSeconds = 60

export const allHome: Part = {
  about: `${workloadCount} workloads home at once, against as many pairs of direct calls; all-home/N: so many`,
  async run(order) {
    const count = Number(order.some ?? workloadCount)
    const rounds = Math.ceil(order.rounds / 3)
    const compared = await inSetting({ scenario: `many:${count}`, workers }, order.say, (setting) =>
      measureAllHome(setting, rounds, order),
    )
    const { ours, theirs, ratio: to } = compared
    return {
      title: 'All home at once',
      text: `${count} workloads in \`shifting\`. From \`POST /v1/migrations/{migration}/rollback\` sent to the last split read back from AWS as home; the sandbox
answers every AWS call after ${order.awsDelayMs} ms. The floor, in each round, is ${count} pairs of one ModifyRule and one DescribeRules, all pairs
sent at once with the SDK. Rounds: ${rounds}.

${table(
  ['', 'median', 'slowest'],
  [
    ['all home', ms(ours.median), ms(ours.p95)],
    ['direct calls', ms(theirs.median), ms(theirs.p95)],
    ['ratio', ratio(to.median), ratio(to.p95)],
  ],
)}`,
      bounds: [{ what: `${count} home at once, ratio to direct calls`, figure: to.median, atMost }],
      figures: { count, ...compared },
    }
  },
}

async function measureAllHome(setting: Setting, rounds: number, { say, awsDelayMs }: Order): Promise<Compared> {
  const { stage, client, aws, workloads } = setting
  const pairs: Pair[] = []
  let floors: Awaited<ReturnType<Floor>>[] = []
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1}: ${workloads.length} workloads to their first step`)
    await bringAll(client, workloads, 'shifting')
    const ours = await withSlowAws(stage, awsDelayMs, () => timeAllHome(setting))
    say('waiting until all have settled')
    await settleAll(client, workloads)
    if (floors.length === 0) {
      floors = await inParallel(workloads, 8, async (name) => weights((await written(client, name)).config.site, aws))
      await Promise.all(floors.map(inTurn))
    }
    const theirs = await withSlowAws(stage, awsDelayMs, () => timed(() => Promise.all(floors.map(inTurn))))
    pairs.push({ ours, theirs })
  }
  return compare(pairs)
}

interface Homecoming {
  readonly workload: string
  readonly outcome: string
  readonly since: string | null
}

/** The service and this process share a clock. Milliseconds from the request sent to the last one home. */
async function timeAllHome({ client }: Setting): Promise<number> {
  const sent = Date.now()
  const homecomings = await client.rollbackAll<Homecoming>('bench', waitSeconds)
  const away = homecomings.filter(({ outcome }) => outcome !== 'home').map(({ workload }) => workload)
  if (away.length > 0) throw new Error(`not home after ${waitSeconds} s: ${away.join(', ')}`)
  return Math.max(...homecomings.map(({ since }) => Date.parse(since ?? ''))) - sent
}
