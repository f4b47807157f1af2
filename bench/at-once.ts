import { upByHand, written } from './by-hand.ts'
import { compare, ratio, seconds, timed, type Compared, type Pair } from './measure.ts'
import { settled } from './operations.ts'
import { table, type Part } from './part.ts'
import { advanceTo, free, inSetting, type Setting } from './setting.ts'
import { upAtMost } from './ups.ts'

const workers = 4

export const atOnce: Part = {
  about: 'eight workloads at the same time: through the service, and by eight `pulumi up` by hand',
  async run({ say, rounds: asked }) {
    const rounds = Math.ceil(asked / 3)
    const { workloads, compared } = await inSetting({ scenario: 'omnious', workers }, say, async (setting) => {
      const { client, workloads } = setting
      say("building green's cluster")
      await client.actOnCluster('up', { reason: 'bench' })
      say(`${workloads.length} workloads from adopted to prepared, ${rounds} times each way`)
      await Promise.all(workloads.map((name) => advanceTo(client, name, 'adopted')))
      return { workloads, compared: await measureAtOnce(setting, rounds) }
    })
    const { ours, theirs, ratio: to } = compared
    return {
      title: 'Eight at once',
      text: `The ${workloads.length} workloads of scenario \`omnious\` from \`adopted\` to \`prepared\`, all asked for at the same time: through the service, with ${workers}
workers, each previewing first and looking at AWS again afterwards; and as many \`pulumi up\` by hand of the same stacks and configs. Rounds: ${rounds}.

${table(
  ['', 'median', 'slowest'],
  [
    ['through REST', seconds(ours.median), seconds(ours.p95)],
    ['by hand', seconds(theirs.median), seconds(theirs.p95)],
    ['ratio', ratio(to.median), ratio(to.p95)],
  ],
)}`,
      bounds: [{ what: 'eight at once, ratio to by hand', figure: to.median, atMost: upAtMost }],
      figures: { workloads, ...compared },
    }
  },
}

async function measureAtOnce({ stage, client, workloads }: Setting, rounds: number): Promise<Compared> {
  const all = <Result>(act: (name: string) => Promise<Result>): Promise<Result[]> => Promise.all(workloads.map(act))
  const back = async (name: string): Promise<void> => {
    await client.act(name, 'rollback', { reason: 'bench' })
    await settled(client, name)
  }
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round += 1) {
    await all((name) => free(client, name))
    const ours = await timed(() => all((name) => client.act(name, 'advance')))
    const prepared = await all((name) => written(client, name))
    await all(back)
    const theirs = await timed(() => Promise.all(prepared.map((one) => upByHand(stage, one))))
    pairs.push({ ours, theirs })
    if (round === rounds - 1) break
    // the service finds what it left once it has gone the same way itself
    await all((name) => advanceTo(client, name, 'prepared'))
    await all(back)
  }
  return compare(pairs)
}
