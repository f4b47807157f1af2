/** `npm run bench`: speed as ratios within one run, written to docs/benchmarks.md with what they were measured on. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, platform, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { parse, stringify } from 'yaml'
import { Client } from '../demo/client.ts'
import { startStage, type Stage } from '../demo/stage.ts'
import { measureCommands, type CommandFigures } from './commands.ts'
import { Account } from '../demo/account.ts'
import { cast } from '../demo/cast.ts'
import { buildGreen } from '../demo/green.ts'
import { measureHome, type HomeFigures } from './home.ts'
import { kindRows, measureAtOnce, measureKind, type AtOnceFigures } from './kinds.ts'
import { ms, ratio } from './measure.ts'
import { measureMemory, type MemoryFigures } from './memory.ts'
import { measureUps, type UpFigures } from './ups.ts'

interface Options {
  readonly all?: boolean
}

const name = 'search'
const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

const options = new Command('npm run bench --')
  .description('measures staged ups, the way home and memory; about five minutes')
  .option('--all', 'also set-up of a fresh clone, the demo and the tests; about ten minutes more')
  .parse()
  .opts<Options>()

const say = (text: string): void => void process.stderr.write(`${text} …\n`)

async function main(): Promise<void> {
  const stage = await startStage({ scenario: 'small', port: 0, logLevel: 'silent', progress: say })
  let figures: Figures
  try {
    figures = await measure(stage)
  } finally {
    await stage.stop()
  }
  const kinds = await measureAllKinds()
  const commands = options.all ? await measureCommands(say) : null
  const text = report({ ...figures, kinds, commands })
  await writeFile(page, text)
  process.stdout.write(text)
}

interface Figures {
  readonly ups: UpFigures
  readonly home: HomeFigures
  readonly memory: MemoryFigures | null
}

async function measure(stage: Stage): Promise<Figures> {
  const client = new Client(stage.service, 'small')
  const document = parse(await readFile(stage.ready.inventory, 'utf8')) as { workloads: Record<string, object> }
  const steps = [...Array.from({ length: 40 }, (_, i) => i + 1), 100]
  document.workloads[name] = { ...document.workloads[name], steps, bake: '0', soak: '0' }
  await client.apply(stringify(document))
  const memory = await measureMemory(stage.pids.service)
  const advance = async (): Promise<void> => {
    await client.open(name)
    await client.act(name, 'advance')
  }
  const toShifting = async (): Promise<void> => {
    while ((await client.workload(name)).phase !== 'shifting') await advance()
  }
  await toShifting()
  say('staged ups, through REST and by hand')
  const ups = await measureUps(stage, client, name)
  say('the way home')
  const home = await measureHome(stage, client, name, toShifting)
  return { ups, home, memory }
}

interface AllKinds {
  readonly rows: string
  readonly atOnce: AtOnceFigures
}

/** The eight workloads of scenario `omnious`, whose green is built for it: each by itself, then all at once. */
async function measureAllKinds(): Promise<AllKinds> {
  const stage = await startStage({ scenario: 'omnious', port: 0, workers: 4, logLevel: 'silent', progress: say })
  try {
    const client = new Client(stage.service, 'omnious')
    const document = parse(await readFile(stage.ready.inventory, 'utf8')) as { workloads: Record<string, object> }
    const names = Object.keys(cast)
    for (const one of names) document.workloads[one] = { ...document.workloads[one], bake: '0', soak: '0' }
    await client.apply(stringify(document))
    const account = new Account(() => '')
    await buildGreen(client, account, names)
    const forward = async (one: string): Promise<void> => {
      await client.open(one, [], 180)
      await client.act(one, 'advance')
    }
    await Promise.all(names.map(forward))
    const figures = []
    for (const one of names) {
      say(`kind of ${one}`)
      await forward(one)
      figures.push(await measureKind(stage, client, one))
      await client.act(one, 'rollback', { reason: 'bench' })
      await client.removeHolds(one)
    }
    say('eight at once')
    return { rows: kindRows(figures), atOnce: await measureAtOnce(stage, client, names) }
  } finally {
    await stage.stop()
  }
}

interface Everything extends Figures {
  readonly kinds: AllKinds
  readonly commands: CommandFigures | null
}

function report({ ups, home, memory, kinds, commands }: Everything): string {
  const { planned, unplanned, byHand } = ups
  const { floor, idle, preempting } = home
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Ratios are taken within one run, so that a slow or busy machine
does not change them much; the times beside them are of this machine alone.

Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}, Node ${process.version}, Pulumi ${pulumiVersion()}.

## A staged \`up\`

One weight step on one stack, stand-in plugins, state in files. By hand means \`pulumi up --yes\` in the checkout, which previews too;
its language host is the sandbox's own, attached by environment, and its Node loads the program anew each time.

| | median | p95 | ratio to by hand, medians | goal |
|---|---|---|---|---|
| through REST, with its plan (202 to succeeded) | ${ms(planned.median)} | ${ms(planned.p95)} | ${ratio(planned.median, byHand.median)} | ≤ 0.6 |
| through REST, previewing first | ${ms(unplanned.median)} | ${ms(unplanned.p95)} | ${ratio(unplanned.median, byHand.median)} | |
| by hand | ${ms(byHand.median)} | ${ms(byHand.p95)} | 1 | |

${planned.count} rounds.

## Traffic home

From \`POST rollback\` sent to the split read back from AWS as home; the sandbox answers every AWS call after 50 ms. The floor is one
ModifyRule and one DescribeRules made directly with the SDK, in between.

| | median | p95 | ratio to the floor, medians | ratio of p95 to the floor's median | goals |
|---|---|---|---|---|---|
| floor | ${ms(floor.median)} | ${ms(floor.p95)} | 1 | | |
| rollback | ${ms(idle.median)} | ${ms(idle.p95)} | ${ratio(idle.median, floor.median)} | ${ratio(idle.p95, floor.median)} | ≤ 1.3, ≤ 2 |
| rollback that takes the place of a running \`up\` | ${ms(preempting.median)} | ${ms(preempting.p95)} | ${ratio(preempting.median, floor.median)} | ${ratio(preempting.p95, floor.median)} | ≤ 1.3, ≤ 2 |

${idle.count} rounds.

## Each kind

The workloads of scenario \`omnious\`. The floor is the same AWS calls made directly: the writes of the way home and its read-back,
every call answered after 50 ms. An up is the advance out of \`prepared\`, with its plan, AWS answering at once.

| kind | up | ratio to the floor | writes on the way home | floor | rollback | ratio to the floor, goal ≤ 1.3 |
|---|---|---|---|---|---|---|
${kinds.rows}

## Eight at once

${kinds.atOnce.workloads} workloads from \`adopted\` to \`prepared\` at the same time, through the service with 4 workers: ${ms(kinds.atOnce.throughRestMs)}. As many
\`pulumi up\` by hand at the same time: ${ms(kinds.atOnce.byHandMs)}. Ratio ${ratio(kinds.atOnce.throughRestMs, kinds.atOnce.byHandMs)}, goal ≤ 0.6.

## Memory

${memory ? `The service, idle: ${memory.serviceMiB} MiB resident. Warm workers: ${memory.workerMiB.join(', ')} MiB.` : 'Not measured: this system has no /proc.'}

## Commands

${
  commands
    ? `Set-up of a fresh clone with a warm CLI cache: ${seconds(commands.setUpMs)}. The demo in it: ${seconds(commands.demoMs)}. The tests in it: ${seconds(commands.testMs)}.`
    : 'Not measured in this run: `npm run bench -- --all` does.'
}
`
}

const seconds = (time: number): string => `${Math.round(time / 1000)} s`

const pulumiVersion = (): string => execFileSync('pulumi', ['version'], { encoding: 'utf8' }).trim()

await main()
