/** `npm run test:fuzz`: a fuzzer that nobody here wrote, on the OpenAPI document. Not part of `npm test`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provideSchemathesis } from './schemathesis.ts'
import { settingsFor } from './settings.ts'
import { startSubject } from './subject.ts'

const help = `npm run test:fuzz [-- --seconds N] [--seed N] [ARGUMENTS OF SCHEMATHESIS]

Starts a sandbox and a service on it, and lets schemathesis make requests of the service's own OpenAPI document: what the
document names, what stands at its edges, broken ones, and sequences of them. No answer may be a 5xx, none may be another
than the document says, nothing that it forbids may be taken and nothing that it allows refused as malformed. Exits with 1
when something was found, and the requests with which it was.

  --seconds N   how long, 600 when left out
  --seed N      as an earlier run printed it

All else goes to \`schemathesis run\`: --include-path /v1/tokens, say, or --phases stateful.
It needs Python 3.11 or newer with venv, and installs schemathesis into ~/.cache/eks-cutover the first time.
`

const say = (text: string): void => void process.stderr.write(`${text} …\n`)

async function fuzz(seconds: number, args: readonly string[]): Promise<number> {
  const program = provideSchemathesis()
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-schemathesis-'))
  const subject = await startSubject(say)
  try {
    const settings = join(folder, 'schemathesis.toml')
    await writeFile(settings, settingsFor(subject), { mode: 0o600 })
    const document = await fetch(`${subject.url}/openapi.json`, { headers: { authorization: subject.bearer } })
    const file = join(folder, 'openapi.json')
    await writeFile(file, await document.text())
    const own = ['--config-file', settings, 'run', file, '--url', subject.url, '--max-time', String(seconds)]
    const child = spawn(program, [...own, ...args], { cwd: folder, stdio: 'inherit' })
    const [status] = (await once(child, 'exit')) as [number | null]
    const fault = await subject.fault()
    if (fault) process.stderr.write(`${fault}\n`)
    return fault ? 1 : (status ?? 1)
  } finally {
    await subject.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const { values, tokens } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, help: { type: 'boolean', default: false } },
  strict: false,
  allowPositionals: true,
  tokens: true,
})
const seconds = Number(values['seconds'])
if (values['help'] || !(Number.isInteger(seconds) && seconds >= 1)) {
  process.stdout.write(help)
  process.exit(values['help'] ? 0 : 2)
}
/** What is schemathesis' own. */
const passed = process.argv.slice(2).filter((_, at) => !isOurs(at))

function isOurs(at: number): boolean {
  return tokens.some(
    (token) =>
      token.kind === 'option' &&
      token.name === 'seconds' &&
      (at === token.index || (at === token.index + 1 && token.inlineValue === false)),
  )
}

try {
  process.exitCode = await fuzz(seconds, passed)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 2
}
