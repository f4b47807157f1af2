/** `npm run test:faults`: trouble at every write of every kind, or at a sample of them. Not part of `npm test`. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replace('.test.ts', ''))

const help = `npm run test:faults [-- --member NAME] [--leg NAME] [--sample] [--update]

Every call that writes to AWS, on each leg of a member's journey, is denied, is throttled for longer than anybody tries, is
carried out and answered with 500, is carried out and never answered; and the engine's worker, its CLI and the service die
while it is under way. After each the operation has said why, no request has failed, and the move goes on or comes home. About
an hour for a member of many writes.

  --member NAME   one alone, as often as is wanted: ${names.join(', ')}
  --leg NAME      prepare, shift, move, home, undo or retire alone
  --sample        one call of each leg and two deaths, drawn by CUTOVER_SEED: a minute and a half for a member
  --update        write down what each leg writes; the sample is drawn from that
`

const { values } = parseArgs({
  options: {
    member: { type: 'string', multiple: true, default: [] },
    leg: { type: 'string' },
    sample: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const unknown = values.member.filter((member) => !names.includes(member))
if (values.help || unknown.length > 0) {
  const out = values.help ? process.stdout : process.stderr
  out.write(unknown.map((member) => `there is no member ${member}\n`).join('') + help)
  process.exit(values.help ? 0 : 2)
}
const chosen = values.member.length > 0 ? values.member : names
const files = chosen.map((name) => `test/trouble/${name}.test.ts`)
const only = values.leg ? ['-t', `writes what|${values.leg}: `] : []
const options = ['--maxWorkers', '1', '--reporter', 'verbose', ...only, ...(values.update ? ['--update'] : [])]
const env = { ...process.env, CUTOVER_TROUBLE: values.sample ? 'sample' : 'all' }
const { status } = spawnSync('vitest', ['run', ...files, ...options], { stdio: 'inherit', env })
process.exit(status ?? 1)
