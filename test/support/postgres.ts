import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The oldest that the product works with. */
const oldest = 15

/** A PostgreSQL server of the test's own on loopback, with a password, and in a folder that goes with it. */
export interface PostgresServer {
  /** Of its database `postgres`, in which a test makes its own. */
  readonly url: string
  /** The folder of `initdb`, `pg_dump` and all others. */
  readonly binaries: string
  stop(): Promise<void>
}

/** Where the server's programs are; or why there are none that will do. */
export function findPostgres(): { readonly binaries: string } | { readonly missing: string } {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  const binaries = folders.find((folder) => existsSync(join(folder, 'initdb')) && versionIn(folder) >= oldest)
  if (binaries === undefined) return { missing: `no PostgreSQL ${oldest} or newer in ${debian} or on the path` }
  if (process.getuid?.() === 0 && unprivileged() === null) {
    return { missing: 'PostgreSQL does not run as root, and there is no user postgres or nobody' }
  }
  return { binaries }
}

function versionIn(folder: string): number {
  const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
  return Number(/\) (\d+)/.exec(stdout ?? '')?.[1] ?? 0)
}

interface User {
  readonly uid: number
  readonly gid: number
}

function unprivileged(): User | null {
  for (const name of ['postgres', 'nobody']) {
    const id = (flag: string): number => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || NaN)
    const user = { uid: id('-u'), gid: id('-g') }
    if (Number.isInteger(user.uid) && Number.isInteger(user.gid)) return user
  }
  return null
}

const password = 'of:the\\tests@/'

/**
 * Ends with the process that started it, whatever becomes of that: the shell between them waits for the end of its standard input,
 * ends the server and removes the folder.
 */
const keeper = `"$0" "$@" & server=$!; read -r _; kill -INT $server; wait $server; rm -rf "$PGDATA"`

export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'))
  const user = process.getuid?.() === 0 ? unprivileged() : null
  const run = { ...(user ?? {}), cwd: folder, env: { ...process.env, PGDATA: join(folder, 'data') } }
  await writeFile(join(folder, 'password'), password)
  if (user) for (const path of [folder, join(folder, 'password')]) chownSync(path, user.uid, user.gid)
  await initialise(binaries, folder, run)
  const port = await freePort()
  const server = spawn('sh', ['-c', keeper, join(binaries, 'postgres'), ...settings(port)], {
    ...run,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  try {
    await ready(server)
  } catch (error) {
    server.stdin?.end()
    throw error
  }
  const url = new URL(`postgres://tester@127.0.0.1:${port}/postgres`)
  url.password = encodeURIComponent(password)
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit')
    server.stdin?.end()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  return { url: url.href, binaries, stop }
}

async function initialise(binaries: string, folder: string, run: object): Promise<void> {
  const args = ['--username=tester', '--auth=scram-sha-256', `--pwfile=${join(folder, 'password')}`, '--no-sync']
  const child = spawn(join(binaries, 'initdb'), [...args, '--encoding=UTF8', '--locale=C'], { ...run, stdio: 'pipe' })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`initdb ended with ${code}\n${said}`)
}

/** Nothing has to outlive a power cut here. */
const settings = (port: number): string[] =>
  [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'fsync=off',
    'full_page_writes=off',
    'synchronous_commit=off',
  ].flatMap((setting) => ['-c', setting])

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const giveUp = setTimeout(() => reject(new Error(`PostgreSQL is not ready after 60 s\n${said}`)), 60_000)
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000)
      if (/FATAL/.test(said)) reject(new Error(said))
      if (!said.includes('database system is ready to accept connections')) return
      clearTimeout(giveUp)
      resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL ended\n${said}`)))
  })
}
