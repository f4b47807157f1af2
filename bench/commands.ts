import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Report } from '../demo/report.ts'
import { ms, seconds, summaryOf, timed } from './measure.ts'
import { table, type Part, type Say } from './part.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

interface CommandFigures {
  readonly setUpMs: number
  readonly demoMs: number
  readonly demo: Report
  readonly testMs: number
}

export const commands: Part = {
  about: 'what a newcomer waits for: set-up of a fresh clone, the demo in it, the tests in it',
  async run({ say }) {
    const figures = await measureCommands(say)
    const { setUpMs, demoMs, demo, testMs } = figures
    const homes = summaryOf(demo.workloads.flatMap(({ rollbacks }) => rollbacks.map(({ homeMs }) => homeMs)))
    const { requests, failed } = demo.total
    return {
      title: 'Commands',
      text: `In a fresh clone, with the Pulumi CLI in its cache already.

${table(
  ['', 'took', ''],
  [
    ['set-up', seconds(setUpMs), ''],
    [
      '`npm run demo`',
      seconds(demoMs),
      `${demo.workloads.length} services moved, ${requests} requests, ${failed} failed; ${homes.count} ways home, ${ms(homes.median)} in the median`,
    ],
    ['`npm test`', seconds(testMs), ''],
  ],
)}`,
      bounds: [{ what: 'failed requests in the demo', figure: failed, atMost: 0 }],
      figures,
    }
  },
}

async function measureCommands(say: Say): Promise<CommandFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-bench-'))
  const clone = join(folder, 'clone')
  const report = join(folder, 'report.json')
  const command = (program: string, ...args: string[]): Promise<number> =>
    timed(() => run(program, args, { cwd: clone, maxBuffer: 64 * 1024 * 1024 }))
  try {
    await run('git', ['clone', '--quiet', root, clone])
    say('setting up a fresh clone')
    const setUpMs = await command('node', 'scripts/setup.mjs')
    say('running the demo in it')
    const demoMs = await command('npm', 'run', 'demo', '--', '--report', report)
    const demo = JSON.parse(await readFile(report, 'utf8')) as Report
    say('running the tests in it')
    return { setUpMs, demoMs, demo, testMs: await command('npm', 'test') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
