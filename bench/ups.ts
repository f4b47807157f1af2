import { splitFor } from '../infra/traffic.ts'
import { upByHand, written } from './by-hand.ts'
import { compare, ratio, seconds, timed, type Compared, type Pair } from './measure.ts'
import { lasted } from './operations.ts'
import { table, type Part } from './part.ts'
import { advanceTo, free, inSetting, type Setting } from './setting.ts'

export const upAtMost = 0.6

export interface UpFigures {
  /** 202 to succeeded, of an advance that names its plan. */
  readonly planned: Compared
  /** The same without a plan, so that it previews first, as by hand. */
  readonly unplanned: Compared
}

/** So many that a workload has one left for every round. */
export const manySteps = [...Array.from({ length: 40 }, (_, i) => i + 1), 100]

export const ups: Part = {
  about: 'a weight step on one stack: through the service, and by `pulumi up` by hand',
  async run({ say, rounds }) {
    const workload = 'search'
    const figures = await inSetting(
      { scenario: 'small', entries: (all) => ({ [workload]: { ...all[workload], steps: manySteps } }) },
      say,
      async (setting) => {
        await advanceTo(setting.client, workload, 'shifting')
        say(`${rounds} steps with a plan, without, and by hand`)
        return measureUps(setting, workload, rounds)
      },
    )
    return {
      title: 'A staged `up`',
      text: `One weight step on one stack, stand-in plugins, state in files. By hand means \`pulumi up --yes\` in the checkout, which previews too;
its language host is the sandbox's own, attached by environment, and its Node loads the program anew each time.

${upTable(figures)}`,
      bounds: upBounds('a staged `up`', figures),
      figures,
    }
  },
}

/** One weight step on one stack that is `shifting`: through REST, and by hand on the same stack with the same kind of change. */
export async function measureUps({ stage, client }: Setting, workload: string, rounds: number): Promise<UpFigures> {
  const planned: Pair[] = []
  const unplanned: Pair[] = []
  const advance = async (body: object = {}): Promise<number> => {
    await free(client, workload)
    return lasted(await client.act(workload, 'advance', body))
  }
  for (let round = 0; round < rounds; round += 1) {
    const { result } = await client.act(workload, 'plan')
    const withPlan = await advance({ plan: result?.['hash'] })
    const without = await advance()
    const step = await written(client, workload)
    const further = { ...step.config.stage, split: splitFor(step.config.stage.split.green + 1) }
    planned.push({ ours: withPlan, theirs: await timed(() => upByHand(stage, step, further)) })
    // and back, so that the service finds what it left
    unplanned.push({ ours: without, theirs: await timed(() => upByHand(stage, step)) })
  }
  return { planned: compare(planned), unplanned: compare(unplanned) }
}

export function upTable({ planned, unplanned }: UpFigures): string {
  const row = (what: string, { ours, theirs, ratio: to }: Compared): string[] => [
    what,
    seconds(ours.median),
    seconds(theirs.median),
    ratio(to.median),
    ratio(to.p95),
  ]
  return table(
    [`${planned.ours.count} rounds`, 'through REST', 'by hand', 'ratio', 'p95'],
    [row('with its plan (202 to succeeded)', planned), row('previewing first', unplanned)],
  )
}

export const upBounds = (what: string, { planned, unplanned }: UpFigures) => [
  { what: `${what}, with its plan, ratio to by hand`, figure: planned.ratio.median, atMost: upAtMost },
  { what: `${what}, previewing first, ratio to by hand`, figure: unplanned.ratio.median, atMost: upAtMost },
]
