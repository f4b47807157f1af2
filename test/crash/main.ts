/** `npm run test:crash`: deaths at every stop point of every kind, counted. `npm test` takes a sample of one member. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const names = readdirSync(join(import.meta.dirname, 'members')).map((file) => file.replace('.test.ts', ''))

const help = `npm run test:crash [-- --member NAME] [--shard I/N] [--sample]

At every place between a save and an act (automation/stop-points.ts) the service is stopped and killed with -9, under load, and
started again; for alb-rule its worker, its CLI and its plugins die there as well. After each the operation has been finished or has said why
not, no request has failed, and the workload goes on and back.

  --member NAME   one alone, as often as is wanted: ${names.join(', ')}
  --shard I/N     the I-th of N parts, whole members each
  --sample        two deaths of each member, drawn by CUTOVER_SEED
`

const { values } = parseArgs({
  options: {
    member: { type: 'string', multiple: true, default: [] },
    shard: { type: 'string' },
    sample: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const unknown = values.member
  .filter((member) => !names.includes(member))
  .map((member) => `there is no member ${member}\n`)
if (values.shard && !/^\d+\/\d+$/.test(values.shard)) unknown.push(`--shard ${values.shard} is not like 1/4\n`)
if (values.help || unknown.length > 0) {
  const out = values.help ? process.stdout : process.stderr
  out.write(unknown.join('') + help)
  process.exit(values.help ? 0 : 2)
}

const folder = mkdtempSync(join(tmpdir(), 'eks-cutover-crashes-'))
const results = join(folder, 'results.json')
const chosen = values.member.length > 0 ? values.member : names
const files = chosen.map((name) => `test/crash/members/${name}.test.ts`)
const shard = values.shard ? ['--shard', values.shard] : []
const reporters = ['--reporter', 'verbose', '--reporter', 'json', `--outputFile.json=${results}`]
const { status } = spawnSync('vitest', ['run', ...files, ...shard, '--maxWorkers', '2', ...reporters], {
  stdio: 'inherit',
  env: { ...process.env, CUTOVER_CRASH: values.sample ? 'sample' : 'all' },
})
count()
rmSync(folder, { recursive: true, force: true })
process.exit(status ?? 1)

/** What was killed where, and what became of it. */
function count(): void {
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as {
    testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[]
  }
  const kills = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ ancestorTitles, title, status }) => {
      const [, victim, point] = /: the (\w+) is killed at (\S+)$/.exec(title) ?? []
      return victim && point ? [{ member: ancestorTitles[0], victim, point, recovered: status === 'passed' }] : []
    })
  const different = (key: 'member' | 'victim' | 'point'): number => new Set(kills.map((one) => one[key])).size
  const recovered = kills.filter((one) => one.recovered).length
  process.stdout.write(
    `\n${kills.length} kills at ${different('point')} stop points, ${different('victim')} kinds of victim, ${different('member')} members: ${recovered} recovered\n`,
  )
}
