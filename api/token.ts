/** `npm run token`: makes, lists and revokes API tokens in the journal itself, for whoever may read the service's environment. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { itself, type Asker } from '../automation/asker.ts'
import { parseDuration } from '../automation/clock.ts'
import { roles, type Role } from '../automation/rights.ts'
import { DirectoryInUse } from '../automation/store/lock.ts'
import type { Store } from '../automation/store/store.ts'
import type { TokenRecord } from '../automation/store/tokens.ts'
import { addToken, revokeToken } from '../automation/tokens.ts'
import { isGood, tokenFor } from './auth/api-tokens.ts'
import { isSubject } from './auth/identity.ts'
import { ConfigInvalid, loadConfig } from './config.ts'
import { withJournal } from './journal.ts'
import { isScope } from './schemas/access.ts'

/** Who makes and revokes here: whoever may do this has the journal in their hands. */
const asker = (): Asker => itself('npm run token', null, Date.now())

interface CreateOptions {
  readonly subject: string
  readonly role: Role
  readonly scope?: readonly string[]
  readonly expires?: number
}

const program = new Command('npm run token --')
  .description('API tokens, in the journal that the environment names (docs/authentication.md)')
  .showHelpAfterError()

program
  .command('create')
  .description('makes a token and prints it, this once')
  .requiredOption('--subject <name>', 'whose it is', subject)
  .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
  .option('--scope <places...>', 'what it is good for: migration or migration/workload; left out: everything', scope)
  .option('--expires <duration>', 'how long it lasts, e.g. 12h, 90d; left out: until it is revoked', expiry)
  .action((options: CreateOptions) => inJournal((store) => create(store, options)))

program
  .command('list')
  .description('lists all tokens, by their first characters')
  .action(() => inJournal(list))

program
  .command('revoke')
  .description('revokes a token, at once and for good')
  .argument('<id>', 'as listed')
  .action((id: string) => inJournal((store) => revoke(store, id)))

async function create(store: Store, { subject, role, expires, ...options }: CreateOptions): Promise<void> {
  const scope = options.scope ?? null
  const expiresAt = expires === undefined ? null : Date.now() + expires * 1000
  const { token, record } = tokenFor({ subject, role, scope, expiresAt }, asker().by)
  await addToken(store, record, asker())
  process.stderr.write(`${record.id}: ${role}, ${subject}. The token is told this once:\n`)
  process.stdout.write(`${token.reveal()}\n`)
}

async function list({ read: { tokens } }: Store): Promise<void> {
  const all: TokenRecord[] = []
  for (;;) {
    const page = await tokens.list(all.at(-1)?.id ?? '', 200)
    all.push(...page)
    if (page.length < 200) break
  }
  const lines = all.map((token) => {
    const { id, prefix, subject, role, scope, lastUsedAt } = token
    const used = lastUsedAt === null ? 'never used' : `last used ${iso(lastUsedAt)}`
    return [id, `${prefix}…`, role, subject, scope?.join(',') ?? 'everything', stateOf(token), used].join('\t')
  })
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

async function revoke(store: Store, id: string): Promise<void> {
  const token = await revokeToken(store, id, asker())
  if (!token) throw new Error(`there is no token ${id}; \`npm run token -- list\` has all of them`)
  process.stdout.write(`${id} (${token.prefix}…, ${token.subject}) ${stateOf(token)}\n`)
}

function stateOf(token: TokenRecord): string {
  if (token.revokedAt !== null) return `revoked ${iso(token.revokedAt)}`
  if (token.expiresAt === null) return 'good until it is revoked'
  return `${isGood(token, Date.now()) ? 'good until' : 'expired'} ${iso(token.expiresAt)}`
}

const iso = (instant: number): string => new Date(instant).toISOString()

/** The embedded journal has one process at a time; the lock of the data directory says whether that is the service. */
const inJournal = (act: (store: Store) => Promise<void>): Promise<void> =>
  withJournal(loadConfig(process.env), async (store) => {
    await store.open()
    await act(store)
  })

function subject(text: string): string {
  if (isSubject(text)) return text
  throw new InvalidArgumentError('a subject is 1 to 200 characters without a space, and none that the service goes by.')
}

function scope(text: string, before: readonly string[] = []): readonly string[] {
  if (isScope(text)) return [...before, text]
  throw new InvalidArgumentError('a scope is migration or migration/workload.')
}

function expiry(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

program.parseAsync().catch((error: unknown) => {
  const inUse = 'The embedded journal is the running service’s alone: ask it (POST /v1/tokens), or stop it first.'
  const text = error instanceof DirectoryInUse ? `${error.owned}. ${inUse}` : (error as Error).message
  process.stderr.write(`eks-cutover: ${text.replaceAll('\n', '\neks-cutover: ')}\n`)
  process.exitCode = error instanceof ConfigInvalid || error instanceof DirectoryInUse ? 2 : 1
})
