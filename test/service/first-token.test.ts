import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../support/wait.ts'

/** The service and the command as processes, on one data directory after the other. */
const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
let port: number
const runs: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eks-cutover-token-'))
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
  server.close()
})
afterAll(async () => {
  for (const { child, ended } of runs) {
    child.kill('SIGKILL')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

function run(script: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: folder,
    env: {
      ...process.env,
      CUTOVER_PORT: String(port),
      CUTOVER_LOG_LEVEL: 'info',
      CUTOVER_DATA_DIR: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { out: '', said: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.said += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...texts }))
  const one = { child, texts, ended }
  runs.push(one)
  return one
}

const token = (...args: string[]) => run('api/token.ts', ...args).ended

const ask = async (bearer: string, path = '/v1/migrations') =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${bearer}` } })).status

async function start() {
  const service = run('api/server.ts')
  await until('operations are accepted', () => service.texts.out.includes('operations are accepted'), 150)
  return service
}

async function end(service: Awaited<ReturnType<typeof start>>) {
  service.child.kill('SIGTERM')
  return service.ended
}

it(
  'the first start tells an admin token once, and the command works where the service does not run',
  { timeout: 600_000 },
  async () => {
    const first = await start()
    await until('the token is told', () => first.texts.said.includes('admin-token'), 150)
    const file = join(folder, 'data', 'admin-token')
    const text = (await readFile(file, 'utf8')).trim()
    expect(first.texts.said).toContain(text)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await ask(text, '/v1/tokens')).toBe(200)
    expect(await ask('cut_none')).toBe(401)
    const audit = await fetch(`http://127.0.0.1:${port}/v1/audit?action=token`, {
      headers: { authorization: `Bearer ${text}` },
    })
    const { items } = (await audit.json()) as { items: { by: string; details: object }[] }
    expect(items).toMatchObject([{ by: 'eks-cutover', details: { token: 'token-0', role: 'admin' } }])

    const besides = await token('list')
    expect(besides).toMatchObject({ code: 2, said: expect.stringContaining('POST /v1/tokens') as string })
    const { out } = await end(first)
    expect(out).not.toContain(text)

    const made = await token('create', '--subject', 'ci', '--role', 'viewer', '--expires', '1h')
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^cut_[\w-]{43}\n$/) as string })
    const revoked = await token('revoke', 'token-0')
    expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining('revoked') as string })
    const { out: listed } = await token('list')
    expect(listed.trim().split('\n')).toHaveLength(2)
    expect(listed).not.toContain(made.out.trim())

    const second = await start()
    expect(await ask(made.out.trim())).toBe(200)
    expect(await ask(text)).toBe(401)
    const { said } = await end(second)
    expect(said).not.toContain('admin-token')
  },
)
