import { join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { createAutomation, type Automation } from '../automation/automation.ts'
import { poolDefaults } from '../automation/engine/pulumi-engine.ts'
import { CutoverError } from '../automation/errors.ts'
import type { PassStopPoint } from '../automation/stop-points.ts'
import { DirectoryInUse, lockDirectory } from '../automation/store/lock.ts'
import { PassphraseDiffers } from '../automation/store/passphrase.ts'
import { DatabaseUnusable } from '../automation/store/postgres.ts'
import { NewerJournal } from '../automation/store/store.ts'
import type { Store } from '../automation/store/store.ts'
import { buildApp } from './app.ts'
import { guardedAccess, openAccess } from './auth/access.ts'
import { firstToken } from './auth/first-token.ts'
import { ConfigInvalid, loadConfig, type Config } from './config.ts'
import { journalOf } from './journal.ts'

/** Exit codes: 2 is a mistake in the surroundings, which trying again does not mend. */
const badSurroundings = 2

const help = `eks-cutover: the service

  npm start

It is told everything by its environment:
  CUTOVER_HOST                    an address, default 127.0.0.1
  CUTOVER_PORT                    default 8080
  DATABASE_URL                    postgres://… for journal and state; default: embedded, in the data directory
  CUTOVER_DATABASE_CONNECTIONS    to it at most, default 10
  CUTOVER_DATA_DIR                stacks, embedded journal and state, default ./.data
  CUTOVER_CLOCK_RATE              default 1; more only with AWS_ENDPOINT_URL, for rehearsals
  CUTOVER_WORKERS                 operations at once, default 2
  CUTOVER_WORKER_MEMORY_MIB       of each engine worker at most, default 1024
  CUTOVER_AWS_WAIT_SECONDS        how long an operation waits while AWS does not answer, default 900
  CUTOVER_PULUMI_PLUGINS          name=folder,… instead of installed plugins
  CUTOVER_PROBE_PROXY             forward proxy for the service's own requests to front doors
  CUTOVER_AUTH                    on or off, default on; off on a loopback address alone
  CUTOVER_OIDC_FILE               whose bearer tokens are taken, and which roles they get
  CUTOVER_REQUESTS_PER_SECOND     of each address and each credential, default 100
  CUTOVER_TRUSTED_PROXIES         address,… and CIDR blocks whose X-Forwarded-For is believed
  CUTOVER_KEEP_EVENT_DAYS         for which events can be asked for, default 90
  CUTOVER_KEEP_UPDATES            in the history of each stack, default 200
  CUTOVER_LOG_LEVEL               fatal, error, warn, info, debug, trace or silent; default info
  PULUMI_BACKEND_URL              default: DATABASE_URL, else files in the data directory
  PULUMI_CONFIG_PASSPHRASE_FILE   default: made in the data directory
  AWS_*                           as the AWS SDK reads them; AWS_ENDPOINT_URL for a sandbox

docs/configuration.md says more.
`

/** Reads the environment, takes the data directory, listens, and ends gracefully. What it cannot begin with ends the process. */
export const runService = (pass?: PassStopPoint): Promise<void> => serve(pass).catch(giveUp)

async function serve(pass?: PassStopPoint): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(help)
  const config = loadConfig(process.env)
  delete process.env['DATABASE_URL'] // has a password; workers, CLI and plugins inherit what stays here
  const lock = lockDirectory(config.dataDir)
  const automation = automationOf(config, pass)
  const { cutover } = automation
  const access = config.auth === 'off' ? openAccess : guardedAccess(cutover.store.read.tokens, config.issuers)
  const app = await buildApp({ ...config, cutover, access })
  const stop = async (): Promise<void> => {
    cutover.accept(false)
    await app.close()
    await automation.stop()
    lock.release()
  }
  closeWithGrace({ delay: 30_000, logger: { error: (text: unknown) => app.log.error(text) } }, async ({ err }) => {
    if (err) app.log.error({ err }, 'the service ends because of an error')
    await stop()
  })
  await app.listen({ host: config.host, port: config.port })
  try {
    await automation.start()
    if (!access.open) await tellFirstToken(cutover.store, config.dataDir)
    app.log.info('operations are accepted')
  } catch (error) {
    await stop()
    throw error
  }
}

/** Printed in this one start, beside the log and not in it. */
async function tellFirstToken(store: Store, dataDir: string): Promise<void> {
  const first = await firstToken(store, dataDir)
  if (!first) return
  process.stderr.write(
    `eks-cutover: the first admin token, told this once: ${first.token.reveal()} (also in ${first.file})\n`,
  )
}

function automationOf(config: Config, pass?: PassStopPoint): Automation {
  return createAutomation({
    journal: journalOf(config),
    aws: config.awsEndpoint ? { endpoint: config.awsEndpoint } : {},
    probeProxy: config.probeProxy,
    clockRate: config.clockRate,
    awsWaitSeconds: config.awsWaitSeconds,
    retention: config.retention,
    engine: {
      ...poolDefaults,
      workers: config.workers,
      workerMemoryMib: config.workerMemoryMib,
      backendUrl: config.backendUrl,
      backendPasswordFile: config.backendPasswordFile,
      passphraseFile: config.passphraseFile,
      home: join(config.dataDir, 'pulumi-home'),
    },
    stacks: { folder: join(config.dataDir, 'stacks'), plugins: config.plugins, passphrase: config.passphrase.reveal() },
    ...(pass ? { pass } : {}),
  })
}

function giveUp(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    text
      .split('\n')
      .map((line) => `eks-cutover: ${line}\n`)
      .join(''),
  )
  const surroundings =
    error instanceof ConfigInvalid ||
    error instanceof DirectoryInUse ||
    error instanceof DatabaseUnusable ||
    error instanceof NewerJournal ||
    error instanceof PassphraseDiffers ||
    (error instanceof CutoverError && error.code === 'engine-missing') ||
    (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  process.exit(surroundings ? badSurroundings : 1)
}
