/** `npm run audit`: is the record whole? Reads the journal, or an export of it. */
import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { verifyChain, type AuditEntry } from '../automation/audit.ts'
import { join, resolve } from 'node:path'
import { databaseUrlOf } from './database.ts'
import { withJournal } from './journal.ts'

const help = `eks-cutover: the record

  npm run audit -- verify [FILE] [--head HASH]

Goes through the audit's chain and says where it is broken first, or where it ends.

  FILE          an export (JSON lines) of the whole audit, or - for standard input:
                curl -s -H 'accept: application/x-ndjson' http://127.0.0.1:8080/v1/audit | npm run audit -- verify -
                Without it the journal in CUTOVER_DATA_DIR, while no service has it open.
  --head HASH   a hash noted down earlier: an entry with it has to be there

Exit codes: 0 whole, 1 broken, 2 it could not be looked at.
`

const whole = 0
const broken = 1
const notLookedAt = 2

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { head: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  const [command, file, ...more] = positionals
  if (values.help) return print(help, whole)
  if (command !== 'verify' || more.length > 0) return print(help, notLookedAt)
  return file === undefined ? verifyJournal(values.head) : verify(entriesOf(file), values.head)
}

async function verify(entries: AsyncIterable<AuditEntry>, mustHave: string | undefined): Promise<number> {
  const verdict = await verifyChain(entries, mustHave)
  if (verdict.broken) return print(`broken at entry ${verdict.broken.seq}: ${verdict.broken.why}\n`, broken)
  const { seq, hash } = verdict.head
  return print(`whole: ${seq} ${seq === 1 ? 'entry' : 'entries'}, the last one's hash is ${hash}\n`, whole)
}

async function verifyJournal(mustHave: string | undefined): Promise<number> {
  const dataDir = resolve(process.env['CUTOVER_DATA_DIR'] || '.data')
  const problems: string[] = []
  const databaseUrl = databaseUrlOf(process.env['DATABASE_URL'], problems)
  if (problems.length > 0) throw new Error(problems.join('; '))
  if (databaseUrl === null && !existsSync(join(dataDir, 'journal', 'PG_VERSION'))) {
    throw new Error(`there is no journal in ${dataDir}`)
  }
  return withJournal({ dataDir, databaseUrl, databaseConnections: 2 }, (store) =>
    verify(store.read.audit.all(), mustHave),
  )
}

async function* entriesOf(file: string): AsyncGenerator<AuditEntry> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1
    if (text.trim() !== '') yield entryOf(text, line)
  }
}

function entryOf(text: string, line: number): AuditEntry {
  try {
    const entry = JSON.parse(text) as AuditEntry | null
    if (typeof entry === 'object' && entry !== null) return entry
  } catch {
    // as below
  }
  throw new Error(`line ${line} is no entry of an audit`)
}

function print(text: string, code: number): number {
  process.stdout.write(text)
  return code
}

main().then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`eks-cutover: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = notLookedAt
  },
)
