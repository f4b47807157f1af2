/** `npm run sandbox`: a small AWS, two Kubernetes clusters and real traffic on loopback, until it is told to stop. */
import { rename, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { startSandbox, type ReadyFile } from './sandbox.ts'
import { manyAbout, scenarioNames, scenarioOf, scenarios } from './scenarios/scenarios.ts'

interface Options {
  readonly scenario: string
  readonly ready?: string
  readonly timeScale: number
}

const scale = (text: string): number => {
  const value = Number(text)
  if (!(value >= 1)) throw new InvalidArgumentError('a time scale is a number of 1 or more.')
  return value
}

const known = (name: string): string => {
  if (!scenarioOf(name)) throw new InvalidArgumentError(`known are ${scenarioNames.join(', ')}.`)
  return name
}

const program = new Command('npm run sandbox --')
  .description('a small AWS, two Kubernetes clusters and real traffic on loopback')
  .option(
    '--scenario <name>',
    `what is built: ${Object.values(scenarios)
      .map(({ name, about }) => `${name} (${about})`)
      .join('; ')}; many:N (${manyAbout})`,
    known,
    'small',
  )
  .option(
    '--ready <file>',
    'renamed into place once every front door answers and every target is healthy, and again when green comes or goes',
  )
  .option(
    '--time-scale <n>',
    "AWS's delays are divided by it: at 60 minutes are seconds, 1 is AWS's own speed",
    scale,
    60,
  )
  .parse()

const { scenario, ready, timeScale } = program.opts<Options>()

/** Into the ready file, or printed. */
async function tell(told: ReadyFile): Promise<void> {
  const text = `${JSON.stringify(told, null, 2)}\n`
  if (!ready) return void process.stdout.write(text)
  const file = resolve(ready)
  await writeFile(`${file}.tmp`, text, { mode: 0o600 })
  await rename(`${file}.tmp`, file)
  process.stderr.write(`ready: ${file}; stop with Ctrl-C or SIGTERM\n`)
}

// One after the other: the last word stays.
let telling: Promise<void> = Promise.resolve()
const sandbox = await startSandbox({
  scenario,
  timeScale,
  progress: (text) => process.stderr.write(`${text} …\n`),
  onGreen: (changed) => void (telling = telling.then(() => tell(changed))),
})
telling = telling.then(() => tell(sandbox.ready))
await telling

const stop = (): void => {
  sandbox.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`the sandbox did not stop cleanly: ${String(error)}\n`)
      process.exit(1)
    },
  )
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
