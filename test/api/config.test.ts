import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigInvalid, loadConfig } from '../../api/config.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'config-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dataDir = () => join(folder, 'data')

const load = (environment: Record<string, string> = {}) => loadConfig({ CUTOVER_DATA_DIR: dataDir(), ...environment })

/** One line per problem; none when the configuration is taken. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    load(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message.split('\n')
    throw error
  }
}

const modeOf = (path: string): number => statSync(path).mode & 0o777

/** A folder with what looks like a plugin's executable. */
function pluginFolder(name: string): string {
  const made = join(folder, `plugin-${name}`)
  mkdirSync(made)
  writeFileSync(join(made, `pulumi-resource-${name}`), '')
  return made
}

describe('the configuration', () => {
  it('needs nothing to be said', () => {
    expect(load()).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: dataDir(),
      clockRate: 1,
      workers: 2,
      workerMemoryMib: 1024,
      logLevel: 'info',
      awsEndpoint: undefined,
      plugins: {},
      databaseUrl: null,
      databaseConnections: 10,
      backendUrl: pathToFileURL(join(dataDir(), 'pulumi-state')).href,
      backendPasswordFile: null,
      passphraseFile: join(dataDir(), 'passphrase'),
    })
  })

  it('takes an empty variable for one that is not set', () => {
    const names = ['DATABASE_CONNECTIONS', 'HOST', 'PORT', 'CLOCK_RATE', 'WORKERS', 'LOG_LEVEL', 'PULUMI_PLUGINS'].map(
      (name) => `CUTOVER_${name}`,
    )
    const empty = Object.fromEntries(
      [...names, 'AWS_ENDPOINT_URL', 'DATABASE_URL', 'PULUMI_BACKEND_URL'].map((name) => [name, '']),
    )
    expect(load(empty)).toEqual(load())
  })

  it('takes what is said', () => {
    const aws = pluginFolder('aws')
    expect(
      load({
        CUTOVER_HOST: '::1',
        CUTOVER_PORT: '0',
        CUTOVER_CLOCK_RATE: '60',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
        CUTOVER_WORKERS: '4',
        CUTOVER_LOG_LEVEL: 'silent',
        CUTOVER_PULUMI_PLUGINS: `aws=${aws}`,
        PULUMI_BACKEND_URL: 'postgres://db/pulumi',
      }),
    ).toMatchObject({
      host: '::1',
      port: 0,
      clockRate: 60,
      awsEndpoint: 'http://127.0.0.1:4566',
      workers: 4,
      logLevel: 'silent',
      plugins: { aws },
      backendUrl: 'postgres://db/pulumi',
    })
    expect(existsSync(join(dataDir(), 'pulumi-state'))).toBe(false)
  })
})

describe('a database', () => {
  const DATABASE_URL = 'postgresql://cutover:of%3Aours%5C@127.0.0.1:5433/journal'

  it("has Pulumi's state as well, by a URL without its password", () => {
    const config = load({ DATABASE_URL, CUTOVER_DATABASE_CONNECTIONS: '4' })
    expect(config).toMatchObject({
      databaseUrl: DATABASE_URL,
      databaseConnections: 4,
      backendUrl: 'postgres://cutover@127.0.0.1:5433/?dbname=journal&sslmode=disable',
      backendPasswordFile: join(dataDir(), 'backend-password'),
    })
    expect(readFileSync(config.backendPasswordFile ?? '', 'utf8')).toBe('*:*:*:*:of\\:ours\\\\\n')
    expect(modeOf(config.backendPasswordFile ?? '')).toBe(0o600)
    expect(existsSync(join(dataDir(), 'pulumi-state'))).toBe(false)
  })

  it('says of TLS to Pulumi what its URL says', () => {
    const url = 'postgres://u@db.example.com/journal?sslmode=verify-full&sslrootcert=%2Fca.pem'
    expect(load({ DATABASE_URL: url })).toMatchObject({
      backendUrl: 'postgres://u@db.example.com/?sslmode=verify-full&sslrootcert=%2Fca.pem&dbname=journal',
      backendPasswordFile: null,
    })
  })

  it("leaves Pulumi's state where it is said to be", () => {
    expect(load({ DATABASE_URL, PULUMI_BACKEND_URL: 's3://bucket' })).toMatchObject({ backendUrl: 's3://bucket' })
    const other = load({ PULUMI_BACKEND_URL: 'postgres://u:secret@db/pulumi' })
    expect(other).toMatchObject({ databaseUrl: null, backendUrl: 'postgres://u@db/pulumi' })
    expect(readFileSync(other.backendPasswordFile ?? '', 'utf8')).toBe('*:*:*:*:secret\n')
  })
})

describe('each problem', () => {
  const rows: readonly (readonly [what: string, environment: Record<string, string>, line: RegExp])[] = [
    ['a port in words', { CUTOVER_PORT: 'http' }, /^CUTOVER_PORT=http is not a number$/],
    ['a port that is too high', { CUTOVER_PORT: '65536' }, /^CUTOVER_PORT=65536 is not a port$/],
    ['half a port', { CUTOVER_PORT: '80.5' }, /is not a port$/],
    ['a database of another make', { DATABASE_URL: 'mysql://u:secret@db/x' }, /^DATABASE_URL is not a URL of the form/],
    ['a database without a name', { DATABASE_URL: 'postgres://u:secret@127.0.0.1' }, /^DATABASE_URL names no database/],
    [
      'a database that is listened to',
      { DATABASE_URL: 'postgres://u:secret@db/x' },
      /^DATABASE_URL .* no sslmode: say/,
    ],
    [
      'a TLS that may be none',
      { DATABASE_URL: 'postgres://u:secret@db/x?sslmode=prefer' },
      /^DATABASE_URL says sslmode=prefer, which is none of disable, require, verify-ca, verify-full$/,
    ],
    ['one connection', { CUTOVER_DATABASE_CONNECTIONS: '1' }, /^CUTOVER_DATABASE_CONNECTIONS=1 is not 2 to 1000$/],
    ['no worker', { CUTOVER_WORKERS: '0' }, /^CUTOVER_WORKERS=0 is not 1 to 64$/],
    [
      'a worker in which nothing fits',
      { CUTOVER_WORKER_MEMORY_MIB: '255' },
      /^CUTOVER_WORKER_MEMORY_MIB=255 is not 256 to/,
    ],
    ['a clock that stands', { CUTOVER_CLOCK_RATE: '0' }, /is less than 1$/],
    ['a fast clock on AWS itself', { CUTOVER_CLOCK_RATE: '60' }, /rehearsals.*Set AWS_ENDPOINT_URL, or leave it at 1$/],
    ['an endless clock', { CUTOVER_CLOCK_RATE: 'Infinity' }, /is not a number$/],
    [
      'a host that is none',
      { CUTOVER_HOST: 'every.where' },
      /^CUTOVER_HOST=every\.where is neither an address nor localhost$/,
    ],
    [
      'an open door',
      { CUTOVER_HOST: '0.0.0.0', CUTOVER_AUTH: 'off' },
      /^CUTOVER_AUTH=off is for this machine alone: CUTOVER_HOST=0\.0\.0\.0 is no loopback/,
    ],
    ['a door open to the network', { CUTOVER_HOST: '10.0.0.7', CUTOVER_AUTH: 'off' }, /for this machine alone/],
    ['a door half open', { CUTOVER_AUTH: 'maybe' }, /^CUTOVER_AUTH=maybe is neither on nor off$/],
    ['no request at all', { CUTOVER_REQUESTS_PER_SECOND: '0' }, /^CUTOVER_REQUESTS_PER_SECOND=0 is not 1 to 100000$/],
    ['a day that is none', { CUTOVER_KEEP_EVENT_DAYS: '0.5' }, /^CUTOVER_KEEP_EVENT_DAYS=0.5 is not 1 to 100000$/],
    [
      'a proxy by name',
      { CUTOVER_TRUSTED_PROXIES: '10.0.0.0/8,balancer' },
      /: balancer is neither an address nor a CIDR block$/,
    ],
    ['half the net', { CUTOVER_TRUSTED_PROXIES: '10.0.0.0/33' }, /: 10\.0\.0\.0\/33 is neither/],
    [
      'a file of issuers that is not there',
      { CUTOVER_OIDC_FILE: '/nowhere/oidc' },
      /^CUTOVER_OIDC_FILE=\/nowhere\/oidc: ENOENT/,
    ],
    ['a level that is none', { CUTOVER_LOG_LEVEL: 'loud' }, /^CUTOVER_LOG_LEVEL=loud is none of fatal, error/],
    [
      'an endpoint that is no URL',
      { AWS_ENDPOINT_URL: 'sandbox' },
      /^AWS_ENDPOINT_URL=sandbox is not an http or https/,
    ],
    ['an endpoint without a scheme', { AWS_ENDPOINT_URL: 'localhost:4566' }, /=localhost:4566 is not an http or https/],
    ['an endpoint of another scheme', { AWS_ENDPOINT_URL: 'ftp://127.0.0.1' }, /is not an http or https URL$/],
    ['a plugin without a folder', { CUTOVER_PULUMI_PLUGINS: 'aws' }, /: aws is not name=folder$/],
    ['a plugin in a relative folder', { CUTOVER_PULUMI_PLUGINS: 'aws=./aws' }, /must be absolute, not \.\/aws$/],
    ['a plugin that is not there', { CUTOVER_PULUMI_PLUGINS: 'aws=/nowhere' }, /\/nowhere has no pulumi-resource-aws$/],
    [
      'a passphrase file that is not there',
      { PULUMI_CONFIG_PASSPHRASE_FILE: '/nowhere/p' },
      /\/nowhere\/p cannot be read/,
    ],
  ]

  it.each(rows)('is one clear line: %s', (_what, environment, line) => {
    const [problem, ...more] = problemsOf(environment)
    expect(problem).toMatch(line)
    expect(problem).not.toContain('secret')
    expect(more).toEqual([])
  })

  it('is told with all others, and nothing is made', () => {
    const many = { CUTOVER_PORT: 'http', CUTOVER_WORKERS: '0', CUTOVER_HOST: 'x', CUTOVER_PULUMI_PLUGINS: 'a,b' }
    expect(problemsOf(many)).toHaveLength(5)
    expect(existsSync(dataDir())).toBe(false)
  })

  it('is told with that of a directory that cannot be written', () => {
    expect(problemsOf({ CUTOVER_PORT: 'http', CUTOVER_DATA_DIR: '/dev/null/data' })).toHaveLength(2)
  })
})

describe('who is let in', () => {
  it('has to be known, from wherever it listens', () => {
    expect(load()).toMatchObject({ auth: 'on', issuers: [], requestsPerSecond: 100, trustedProxies: [] })
    expect(load({ CUTOVER_HOST: '0.0.0.0' })).toMatchObject({ host: '0.0.0.0', auth: 'on' })
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect(load({ CUTOVER_HOST: host, CUTOVER_AUTH: 'off' }).auth).toBe('off')
    }
    const proxies = { CUTOVER_TRUSTED_PROXIES: '10.0.0.0/8,::1' }
    expect(load(proxies).trustedProxies).toEqual(['10.0.0.0/8', '::1'])
  })

  const issuersIn = (text: string): string[] => {
    const file = join(folder, 'oidc.yaml')
    writeFileSync(file, text)
    return problemsOf({ CUTOVER_OIDC_FILE: file }).map((line) => line.replace(`CUTOVER_OIDC_FILE=${file}: `, ''))
  }
  const rest = 'audience: a, roles: [{ when: { sub: x }, role: viewer }]'

  it('is said by a file of issuers', () => {
    expect(issuersIn(`issuers: [{ issuer: https://a.example, ${rest} }]`)).toEqual([])
  })

  it.each([
    ['without issuers', 'issuers: []', /^\/issuers must not have fewer than 1/],
    [
      'with an unknown key',
      `issuers: [{ issuer: https://a.example, ${rest}, x: 1 }]`,
      /^\/issuers\/0\/x this key is unknown/,
    ],
    [
      'with shared secrets',
      `issuers: [{ issuer: https://a.example, ${rest}, algorithms: [HS256] }]`,
      /^\/issuers\/0\/algorithms\/0/,
    ],
    [
      'without signatures',
      `issuers: [{ issuer: https://a.example, ${rest}, algorithms: [none] }]`,
      /^\/issuers\/0\/algorithms\/0/,
    ],
    [
      'over an open network',
      `issuers: [{ issuer: http://a.example, ${rest} }]`,
      /^\/issuers\/0\/issuer is not an https URL$/,
    ],
    [
      'with keys over an open network',
      `issuers: [{ issuer: https://a.example, jwks: http://a.example, ${rest} }]`,
      /^\/issuers\/0\/jwks is not/,
    ],
    [
      'with a rule for everybody',
      'issuers: [{ issuer: https://a.example, audience: a, roles: [{ when: {}, role: admin }] }]',
      /^\/issuers\/0\/roles\/0\/when/,
    ],
    [
      'with an unknown role',
      'issuers: [{ issuer: https://a.example, audience: a, roles: [{ when: { sub: x }, role: root }] }]',
      /^\/issuers\/0\/roles\/0\/role/,
    ],
  ])('but not by one %s', (_what, text, line) => {
    const [problem] = issuersIn(text)
    expect(problem).toMatch(line)
  })

  it('nor by one that names an issuer twice', () => {
    const one = `{ issuer: https://a.example, ${rest} }`
    expect(issuersIn(`issuers: [${one}, ${one}]`)).toEqual([
      '/issuers/0/issuer is there twice',
      '/issuers/1/issuer is there twice',
    ])
  })
})

describe('the data directory', () => {
  it('is made for nobody else to read', () => {
    load()
    expect([modeOf(dataDir()), modeOf(join(dataDir(), 'pulumi-state'))]).toEqual([0o700, 0o700])
  })

  it('that cannot be written is one line', () => {
    writeFileSync(join(folder, 'file'), '')
    const inside = join(folder, 'file', 'data')
    expect(problemsOf({ CUTOVER_DATA_DIR: inside })).toEqual([
      expect.stringMatching(/^CUTOVER_DATA_DIR=.*file\/data cannot be written: ENOTDIR/),
    ])
    expect(problemsOf({ CUTOVER_DATA_DIR: join(folder, 'file') })).toHaveLength(1)
  })
})

describe('the passphrase', () => {
  it('is made once, long, and for nobody else to read', () => {
    const { passphrase, passphraseFile } = load()
    expect(passphrase.reveal()).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(modeOf(passphraseFile)).toBe(0o600)
    expect(load().passphrase.reveal()).toBe(passphrase.reveal())
  })

  it('of a file that is given is taken and never written', () => {
    const file = join(folder, 'mine')
    writeFileSync(file, 'secret\n')
    const { passphrase, passphraseFile } = load({ PULUMI_CONFIG_PASSPHRASE_FILE: file })
    expect([passphrase.reveal(), passphraseFile]).toEqual(['secret', file])
    expect(readFileSync(file, 'utf8')).toBe('secret\n')
    expect(existsSync(join(dataDir(), 'passphrase'))).toBe(false)
  })

  it('cannot be empty', () => {
    const file = join(folder, 'empty')
    writeFileSync(file, '\n')
    expect(problemsOf({ PULUMI_CONFIG_PASSPHRASE_FILE: file })).toEqual([`the passphrase file ${file} is empty`])
  })
})
