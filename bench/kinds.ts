import { kindOf } from '../infra/workloads/kinds.ts'
import { written } from './by-hand.ts'
import { inTurn } from './floors.ts'
import { compare, ms, ratio, seconds, timed, type Compared, type Pair } from './measure.ts'
import { lasted, settled, timeHome } from './operations.ts'
import { table, type Order, type Part, type Section } from './part.ts'
import { advanceTo, free, inSetting, withSlowAws, type Setting } from './setting.ts'
import { companies, type Company, type Subject } from './subjects.ts'

const homeAtMost = 1.3

interface KindFigures {
  readonly name: string
  readonly workload: string
  /** The direct calls, in turn. */
  readonly floor: readonly string[]
  /** Of the advance out of `prepared`: what AWS needs until it has acted on it, which no program can shorten. Milliseconds. */
  readonly waitMs: number
  readonly up: Compared
  readonly home: Compared
}

export const kinds: Part = {
  about: 'each kind and switch: a staged up and the way home against direct calls',
  async run(order) {
    const figures: KindFigures[] = []
    for (const company of companies) figures.push(...(await measureCompany(company, order)))
    return sectionOf(figures, order)
  },
}

async function measureCompany(company: Company, order: Order): Promise<KindFigures[]> {
  const { say, rounds, some } = order
  const subjects = company.subjects.filter(({ name }) => some === null || name.includes(some))
  if (subjects.length === 0) return []
  const figures: KindFigures[] = []
  await inSetting(company, say, async (setting) => {
    const { client } = setting
    if ((await client.get<{ state: string }>(client.clusterPath)).state !== 'given') {
      say("building green's cluster")
      await client.actOnCluster('up', { reason: 'bench' })
    }
    say(`preparing ${subjects.map(({ workload }) => workload).join(', ')}`)
    await Promise.all(subjects.map(({ workload }) => advanceTo(client, workload, 'prepared')))
    for (const subject of subjects) {
      say(`${subject.name}: ${rounds} times there and back`)
      figures.push(await measureSubject(setting, subject, order))
    }
  })
  return figures
}

/** From `prepared` there and back; every call to AWS is answered after the delay, those of the floor too. */
async function measureSubject(
  setting: Setting,
  { name, workload, floor }: Subject,
  { rounds, awsDelayMs }: Order,
): Promise<KindFigures> {
  const { stage, client, aws } = setting
  const before = (await written(client, workload)).config
  const direct = await floor(before.site, aws)
  await inTurn(direct)
  const ups: Pair[] = []
  const homes: Pair[] = []
  let waitMs = 0
  for (let round = 0; round < rounds; round += 1) {
    await free(client, workload)
    const { result } = await client.act(workload, 'plan')
    await free(client, workload)
    const [up, home] = await withSlowAws(stage, awsDelayMs, async () => {
      const there = lasted(await client.act(workload, 'advance', { plan: result?.['hash'] }))
      const { kind, site, stage: now } = (await written(client, workload)).config
      const wait = kindOf(kind).propagation(site, now, before.stage)
      waitMs = ((wait?.seconds ?? 0) * 1000) / Number(stage.ready.env['CUTOVER_CLOCK_RATE'])
      return [there, await timeHome(client, workload)] as const
    })
    await settled(client, workload)
    const theirs = await withSlowAws(stage, awsDelayMs, () => timed(() => inTurn(direct)))
    ups.push({ ours: up, theirs })
    homes.push({ ours: home, theirs })
  }
  const operations = direct.map(({ operation }) => operation)
  return { name, workload, floor: operations, waitMs, up: compare(ups), home: compare(homes) }
}

function sectionOf(figures: readonly KindFigures[], { rounds, awsDelayMs }: Order): Section {
  const rows = figures.map(({ name, floor, waitMs, up, home }) => [
    name,
    floor.map((operation) => `\`${operation}\``).join(', '),
    ms(home.theirs.median),
    ms(home.ours.median),
    ratio(home.ratio.median),
    ratio(home.ratio.p95),
    seconds(up.ours.median),
    ratio(up.ratio.median),
    waitMs > 0 ? seconds(waitMs) : '',
  ])
  const head = ['kind', 'floor', 'its time', 'home', 'ratio', 'p95', 'up', 'ratio', 'of it waited for AWS']
  return {
    title: 'Each kind',
    text: `Out of \`prepared\` and home again, ${rounds} rounds. The floor is the fewest direct SDK calls, one after the other, that a person
who takes care would make to bring it home and see that it is; it is made in each round, and the sandbox answers every call to AWS, of
either, after ${awsDelayMs} ms. Home: from \`POST rollback\` sent to the split read back. Up: the first advance that gives green traffic, with its
plan, from 202 to succeeded; where the kind waits until AWS has acted on it, that is part of it.

${table(head, rows)}`,
    bounds: figures.map(({ name, home }) => ({
      what: `home of ${name}, ratio to its floor`,
      figure: home.ratio.median,
      atMost: homeAtMost,
    })),
    figures,
  }
}
