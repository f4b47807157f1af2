import { setTimeout as sleep } from 'node:timers/promises'
import { upByHand, written } from './by-hand.ts'
import { advanceAll, bringAll, freeAll, inParallel, settleAll } from './crowd.ts'
import { memoryOf, type MemoryFigures } from './memory.ts'
import { compare, ratio, seconds, timed, type Compared, type Pair } from './measure.ts'
import { table, type Part, type Say } from './part.ts'
import { inSetting, type Setting } from './setting.ts'
import { upAtMost } from './ups.ts'

const workloadCount = 100
/** Engine operations at once, and `pulumi up` at once by hand. */
const workers = 4
/** The service's memory while all of them move, to what it was before. */
const growthAtMost = 2

interface Peak {
  readonly serviceMiB: number
  /** All workers together. */
  readonly workersMiB: number
}

interface HundredFigures extends Compared {
  readonly workloads: number
  readonly before: Peak | null
  readonly peak: Peak | null
}

export const hundred: Part = {
  about: `${workloadCount} workloads through one step, through the service and by hand, and what memory it takes; hundred/N: so many`,
  async run({ say, rounds: asked, some }) {
    const count = Number(some ?? workloadCount)
    const rounds = Math.ceil(asked / 7)
    const figures = await inSetting({ scenario: `many:${count}`, workers }, say, (setting) =>
      measureHundred(setting, rounds, say),
    )
    const { ours, theirs, ratio: to, before, peak } = figures
    const growth = before && peak ? peak.serviceMiB / before.serviceMiB : NaN
    return {
      title: 'A hundred at once',
      text: `${count} workloads of kind \`alb\` from \`adopted\` to \`prepared\`, all asked for at the same time: through the service, with ${workers} workers,
each previewing first and looking at AWS again afterwards; and as many \`pulumi up\` by hand of the same stacks and configs, ${workers} at a time. Rounds: ${rounds}.

${table(
  ['', 'median', 'slowest'],
  [
    ['through REST', seconds(ours.median), seconds(ours.p95)],
    ['by hand', seconds(theirs.median), seconds(theirs.p95)],
    ['ratio', ratio(to.median), ratio(to.p95)],
  ],
)}

${before && peak ? `Resident memory of the service: ${before.serviceMiB} MiB before, ${peak.serviceMiB} MiB at the most while they moved; of its workers together: ${before.workersMiB} and ${peak.workersMiB} MiB. The CLI and the plugins that each of ${workers} runs starts are not in it.` : ''}`,
      bounds: [
        { what: `${count} at once, ratio to by hand`, figure: to.median, atMost: upAtMost },
        ...(before
          ? [{ what: `${count} at once, the service's memory to before`, figure: growth, atMost: growthAtMost }]
          : []),
      ],
      figures,
    }
  },
}

async function measureHundred(setting: Setting, rounds: number, say: Say): Promise<HundredFigures> {
  const { stage, client, workloads } = setting
  say(`adopting ${workloads.length} workloads`)
  await bringAll(client, workloads, 'adopted')
  const before = sumOf(memoryOf(stage.pids.service))
  let peak = before
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round += 1) {
    await freeAll(client, workloads)
    say(`round ${round + 1}: through the service`)
    const watch = watchMemory(stage.pids.service)
    const ours = await timed(() => advanceAll(client, workloads))
    peak = higher(peak, await watch.end())
    const prepared = await inParallel(workloads, workers, (name) => written(client, name))
    say('and back')
    await back(setting)
    say(`${workloads.length} ups by hand, ${workers} at a time`)
    const theirs = await timed(() => inParallel(prepared, workers, (one) => upByHand(stage, one)))
    pairs.push({ ours, theirs })
    if (round === rounds - 1) break
    // the service finds what it left once it has gone the same way itself
    await bringAll(client, workloads, 'prepared')
    await back(setting)
  }
  return { workloads: workloads.length, before, peak, ...compare(pairs) }
}

async function back({ client, workloads }: Setting): Promise<void> {
  await inParallel(workloads, workers, (name) => client.post(name, 'rollback', { reason: 'bench' }))
  await settleAll(client, workloads)
}

const everyMs = 500

/** The most that the service, and its workers together, held at any look from now on. */
function watchMemory(service: number): { end(): Promise<Peak | null> } {
  const over = new AbortController()
  const watched = (async () => {
    let most = sumOf(memoryOf(service))
    while (!over.signal.aborted) {
      await sleep(everyMs)
      most = higher(most, sumOf(memoryOf(service)))
    }
    return most
  })()
  return {
    end: () => {
      over.abort()
      return watched
    },
  }
}

const sumOf = (memory: MemoryFigures | null): Peak | null =>
  memory && {
    serviceMiB: memory.service.nowMiB,
    workersMiB: memory.workers.reduce((sum, { nowMiB }) => sum + nowMiB, 0),
  }

const higher = (one: Peak | null, other: Peak | null): Peak | null =>
  one && other
    ? {
        serviceMiB: Math.max(one.serviceMiB, other.serviceMiB),
        workersMiB: Math.max(one.workersMiB, other.workersMiB),
      }
    : (one ?? other)
