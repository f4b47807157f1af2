/** `npm run bench`: speed as ratios within one run; a whole run is written to docs/benchmarks.md with what it was measured on. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { boundsTable, circumstances, page, sectionText } from './page.ts'
import { holds, type Order, type Part, type Section } from './part.ts'
import { onRequest, parts } from './parts.ts'

interface Options {
  readonly all?: boolean
  readonly only?: string
  readonly rounds: number
  readonly awsDelay: number
  readonly json?: string
}

const known = (text: string): string => {
  const [name = ''] = text.split('/')
  if (!parts[name]) throw new InvalidArgumentError(`known are ${Object.keys(parts).join(', ')}.`)
  return text
}

const whole =
  (atMost: number) =>
  (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= atMost) return value
    throw new InvalidArgumentError(`it is a whole number, 1 to ${atMost}.`)
  }

const about = Object.entries(parts).map(([name, part]) => `  ${name.padEnd(12)} ${part.about}`)

const options = new Command('npm run bench --')
  .description('measures the parts below; about twenty minutes. Exits with 1 when a bound does not hold')
  .option(
    '--only <part>',
    'one part alone; kinds/WORDS: of the kinds only those with the words in their name; hundred/N: N of them',
    known,
  )
  .option('--all', `${onRequest.join(', ')} as well; an hour more`)
  .option('--rounds <n>', 'how often each pair is measured', whole(20), 7)
  .option('--aws-delay <ms>', 'what a call to AWS takes while a way home is timed', whole(1000), 50)
  .option('--json <file>', 'write every figure as JSON')
  .addHelpText('after', `\nParts:\n${about.join('\n')}\n\nA run without --only writes docs/benchmarks.md.`)
  .parse()
  .opts<Options>()

const begun = Date.now()

const say = (text: string): void =>
  void process.stderr.write(`${String(Math.round((Date.now() - begun) / 1000)).padStart(5)} s  ${text} …\n`)

async function main({ only, all = false, rounds, awsDelay, json }: Options): Promise<void> {
  const [wanted, some = null] = only?.split('/') ?? []
  const measuredOn = circumstances(rounds)
  const sections: Record<string, Section> = {}
  for (const [name, part] of Object.entries(parts)) {
    const skipped = wanted === undefined ? onRequest.includes(name) && !all : name !== wanted
    if (skipped) continue
    sections[name] = await runPart(name, part, { say, rounds, awsDelayMs: awsDelay, some })
    // after each part, so that a run that is broken off leaves what it had
    const missing = Object.keys(parts).filter((other) => !sections[other])
    if (!only) await writeFile(docs, page(measuredOn, Object.values(sections), missing))
  }
  const found = Object.values(sections)
  const bounds = found.flatMap((section) => section.bounds)
  if (json) await writeFile(json, `${JSON.stringify({ schemaVersion: 1, ...measuredOn, bounds, sections }, null, 2)}\n`)
  process.stdout.write(`${found.map(sectionText).join('\n\n')}\n\n${boundsTable(bounds)}\n`)
  if (!bounds.every(holds)) process.exitCode = 1
}

/** One that breaks off takes nothing from the others; what it should have shown does not hold. */
async function runPart(name: string, part: Part, order: Order): Promise<Section> {
  say(`${name}: ${part.about}`)
  try {
    return await part.run(order)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say(`${name} broke off: ${reason}`)
    const bounds = [{ what: `${name} comes to its end`, figure: NaN, atMost: 0 }]
    return { title: `\`${name}\``, text: `Broke off: ${reason}`, bounds, figures: null }
  }
}

const docs = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

await main(options)
