import { existsSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readIssuers, type Issuer } from './auth/issuers.ts'
import { isLoopback } from './auth/this-machine.ts'
import { Secret } from './secret.ts'
import { poolDefaults } from '../automation/engine/pulumi-engine.ts'
import { retentionDefaults, type Retention } from '../automation/retention.ts'
import { makeWhole } from '../automation/store/whole-file.ts'
import { backendOf, databaseUrlOf, stateIn } from './database.ts'

/** Everything that the service is told by its environment; docs/configuration.md has the same list. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly clockRate: number
  readonly awsWaitSeconds: number
  readonly workers: number
  readonly workerMemoryMib: number
  readonly logLevel: string
  readonly awsEndpoint: string | undefined
  /** A forward proxy for the service's own requests to front doors. */
  readonly probeProxy: string | null
  /** Plugin name to folder. */
  readonly plugins: Readonly<Record<string, string>>
  /** PostgreSQL for the journal; null: embedded, in the data directory. */
  readonly databaseUrl: string | null
  readonly databaseConnections: number
  readonly backendUrl: string
  /** Of a backend that is a database, whose URL has no password then. */
  readonly backendPasswordFile: string | null
  readonly passphraseFile: string
  readonly passphrase: Secret
  /** off: whoever is on this machine may do everything. */
  readonly auth: 'on' | 'off'
  /** Whose bearer tokens are taken. */
  readonly issuers: readonly Issuer[]
  /** Of each address, and of each credential. */
  readonly requestsPerSecond: number
  readonly retention: Retention
  /** Addresses and CIDR blocks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
}

/** One line per problem. */
export class ConfigInvalid extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigInvalid'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** Reads the environment and makes the data directory ready. Throws ConfigInvalid with every problem at once. */
export function loadConfig(environment: Environment): Config {
  const problems: string[] = []
  const number = (name: string, fallback: number, check: (value: number) => string | null): number => {
    const text = environment[name]
    if (text === undefined || text === '') return fallback
    const value = Number(text)
    const wrong = Number.isFinite(value) ? check(value) : 'is not a number'
    if (wrong) problems.push(`${name}=${text} ${wrong}`)
    return value
  }
  const awsEndpoint = environment['AWS_ENDPOINT_URL'] || undefined
  if (awsEndpoint && !isHttp(awsEndpoint)) problems.push(`AWS_ENDPOINT_URL=${awsEndpoint} is not an http or https URL`)
  const probeProxy = environment['CUTOVER_PROBE_PROXY'] || null
  if (probeProxy && !isHttp(probeProxy)) {
    problems.push(`CUTOVER_PROBE_PROXY=${probeProxy} is not an http or https URL`)
  }
  const port = number('CUTOVER_PORT', 8080, (n) =>
    Number.isInteger(n) && n >= 0 && n < 65_536 ? null : 'is not a port',
  )
  const clockRate = number('CUTOVER_CLOCK_RATE', 1, (n) => wrongRate(n, awsEndpoint))
  const workers = number('CUTOVER_WORKERS', 2, (n) =>
    Number.isInteger(n) && n >= 1 && n <= 64 ? null : 'is not 1 to 64',
  )
  const workerMemoryMib = number('CUTOVER_WORKER_MEMORY_MIB', poolDefaults.workerMemoryMib, (n) =>
    Number.isInteger(n) && n >= 256 && n <= 65_536 ? null : 'is not 256 to 65536',
  )
  const awsWaitSeconds = number('CUTOVER_AWS_WAIT_SECONDS', 900, (n) =>
    Number.isInteger(n) && n >= 0 && n <= 86_400 ? null : 'is not 0 to 86400',
  )
  const databaseUrl = databaseUrlOf(environment['DATABASE_URL'], problems)
  const databaseConnections = number('CUTOVER_DATABASE_CONNECTIONS', 10, (n) =>
    Number.isInteger(n) && n >= 2 && n <= 1000 ? null : 'is not 2 to 1000',
  )
  const host = environment['CUTOVER_HOST'] || '127.0.0.1'
  if (isIP(host) === 0 && host !== 'localhost')
    problems.push(`CUTOVER_HOST=${host} is neither an address nor localhost`)
  const auth = authOf(environment['CUTOVER_AUTH'], host, problems)
  const issuers = issuersOf(environment['CUTOVER_OIDC_FILE'], problems)
  const requestsPerSecond = number('CUTOVER_REQUESTS_PER_SECOND', 100, wrongCount)
  const retention = {
    eventDays: number('CUTOVER_KEEP_EVENT_DAYS', retentionDefaults.eventDays, wrongCount),
    updates: number('CUTOVER_KEEP_UPDATES', retentionDefaults.updates, wrongCount),
  }
  const trustedProxies = proxiesOf(environment['CUTOVER_TRUSTED_PROXIES'], problems)
  const logLevel = environment['CUTOVER_LOG_LEVEL'] || 'info'
  if (!logLevels.includes(logLevel)) problems.push(`CUTOVER_LOG_LEVEL=${logLevel} is none of ${logLevels.join(', ')}`)
  const plugins = pluginsOf(environment['CUTOVER_PULUMI_PLUGINS'], problems)
  const dataDir = resolve(environment['CUTOVER_DATA_DIR'] || '.data')
  if (problems.length === 0) prepareDirectory(dataDir, problems)
  else checkDirectory(dataDir, problems)
  const passphraseFile = resolve(environment['PULUMI_CONFIG_PASSPHRASE_FILE'] || join(dataDir, 'passphrase'))
  const passphrase = new Secret(problems.length === 0 ? passphraseOf(passphraseFile, environment, problems) : '')
  if (problems.length > 0) throw new ConfigInvalid(problems)
  const state = environment['PULUMI_BACKEND_URL'] || (databaseUrl ? stateIn(databaseUrl) : stateFolder(dataDir))
  const backend = backendOf(state, join(dataDir, 'backend-password'))
  return {
    host,
    port,
    dataDir,
    clockRate,
    awsWaitSeconds,
    workers,
    workerMemoryMib,
    logLevel,
    awsEndpoint,
    probeProxy,
    plugins,
    databaseUrl,
    databaseConnections,
    backendUrl: backend.url,
    backendPasswordFile: backend.passwordFile,
    passphraseFile,
    passphrase,
    auth,
    issuers,
    requestsPerSecond,
    retention,
    trustedProxies,
  }
}

const isHttp = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)

const wrongCount = (n: number): string | null =>
  Number.isInteger(n) && n >= 1 && n <= 100_000 ? null : 'is not 1 to 100000'

function wrongRate(rate: number, awsEndpoint: string | undefined): string | null {
  if (rate < 1) return 'is less than 1'
  return rate > 1 && !awsEndpoint
    ? 'is for rehearsals: AWS keeps its own time. Set AWS_ENDPOINT_URL, or leave it at 1'
    : null
}

function authOf(text: string | undefined, host: string, problems: string[]): 'on' | 'off' {
  const auth = text || 'on'
  if (auth !== 'on' && auth !== 'off') problems.push(`CUTOVER_AUTH=${auth} is neither on nor off`)
  if (auth !== 'off') return 'on'
  if (!isLoopback(host)) {
    problems.push(
      `CUTOVER_AUTH=off is for this machine alone: CUTOVER_HOST=${host} is no loopback address (127.0.0.1, ::1)`,
    )
  }
  return auth
}

function issuersOf(file: string | undefined, problems: string[]): readonly Issuer[] {
  if (!file) return []
  try {
    return readIssuers(resolve(file))
  } catch (error) {
    for (const line of (error as Error).message.split('\n')) problems.push(`CUTOVER_OIDC_FILE=${file}: ${line}`)
    return []
  }
}

/** `10.0.0.0/8,192.168.7.4` */
function proxiesOf(text: string | undefined, problems: string[]): readonly string[] {
  const proxies = (text ?? '').split(',').filter(Boolean)
  for (const proxy of proxies) {
    if (!isNetwork(proxy)) problems.push(`CUTOVER_TRUSTED_PROXIES: ${proxy} is neither an address nor a CIDR block`)
  }
  return proxies
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  if (bits === undefined) return true
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

/** `aws=/dir,kubernetes=/dir` */
function pluginsOf(text: string | undefined, problems: string[]): Record<string, string> {
  const plugins: Record<string, string> = {}
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [name = '', folder = ''] = part.split(/=(.*)/s)
    if (!name || !folder) problems.push(`CUTOVER_PULUMI_PLUGINS: ${part} is not name=folder`)
    else if (!isAbsolute(folder))
      problems.push(`CUTOVER_PULUMI_PLUGINS: the folder of ${name} must be absolute, not ${folder}`)
    else if (!existsSync(join(folder, `pulumi-resource-${name}`))) {
      problems.push(`CUTOVER_PULUMI_PLUGINS: ${folder} has no pulumi-resource-${name}`)
    } else plugins[name] = folder
  }
  return plugins
}

/** As far as can be told without making anything. */
function checkDirectory(folder: string, problems: string[]): void {
  const parent = dirname(folder)
  if (!existsSync(folder) && parent !== folder) return checkDirectory(parent, problems)
  if (!statSync(folder).isDirectory()) problems.push(`CUTOVER_DATA_DIR cannot be made: ${folder} is not a directory`)
}

function prepareDirectory(folder: string, problems: string[]): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!statSync(folder).isDirectory()) problems.push(`CUTOVER_DATA_DIR=${folder} is not a directory`)
    const trial = join(folder, `.writable-${process.pid}`)
    writeFileSync(trial, '')
    unlinkSync(trial)
  } catch (error) {
    problems.push(`CUTOVER_DATA_DIR=${folder} cannot be written: ${(error as Error).message}`)
  }
}

/** Pulumi's state in files of our own. */
function stateFolder(dataDir: string): string {
  const folder = join(dataDir, 'pulumi-state')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return pathToFileURL(folder).href
}

/** The passphrase that encrypts the stacks' secrets. One is made when none is given; whoever loses it loses those secrets. */
function passphraseOf(file: string, environment: Environment, problems: string[]): string {
  try {
    if (!environment['PULUMI_CONFIG_PASSPHRASE_FILE'] && !existsSync(file)) {
      makeWhole(file, randomBytes(32).toString('base64url'))
    }
    const passphrase = readFileSync(file, 'utf8').trim()
    if (!passphrase) problems.push(`the passphrase file ${file} is empty`)
    return passphrase
  } catch (error) {
    problems.push(`the passphrase file ${file} cannot be read: ${(error as Error).message}`)
    return ''
  }
}
