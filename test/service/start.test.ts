import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../support/wait.ts'

/** The service as a process: what it says and how it ends when its surroundings are wrong. */
const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eks-cutover-start-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly said: string
}

function start(environment: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child = spawn(process.execPath, [join(root, 'api/server.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, CUTOVER_PORT: '0', CUTOVER_LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let out = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, said })))
  return { child, ended, out: () => out }
}

it('tells every mistake in its configuration at once, one line each, and exits with 2', async () => {
  const { ended } = start({
    CUTOVER_HOST: '0.0.0.0',
    CUTOVER_AUTH: 'off',
    CUTOVER_CLOCK_RATE: '60',
    CUTOVER_PULUMI_PLUGINS: 'aws=relative',
    CUTOVER_PORT: 'x',
  })
  const { code, said } = await ended
  expect(code).toBe(2)
  const lines = said.trim().split('\n')
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(line).toMatch(/^eks-cutover: CUTOVER_/)
})

it('says that its data directory cannot be written', async () => {
  const file = join(folder, 'a-file')
  await writeFile(file, '')
  const { code, said } = await start({ CUTOVER_DATA_DIR: join(file, 'data') }).ended
  expect({ code, said }).toMatchObject({ code: 2, said: expect.stringContaining('cannot be written') as string })
})

it('says that there is no Pulumi CLI, and exits with 2', async () => {
  const bin = join(folder, 'empty-bin')
  await mkdir(bin)
  const { code, said } = await start({ CUTOVER_DATA_DIR: join(folder, 'no-cli'), PATH: bin }).ended
  expect(code).toBe(2)
  expect(said).toContain('no usable Pulumi CLI')
})

it('says that the CLI is no CLI', async () => {
  const bin = join(folder, 'odd-bin')
  await mkdir(bin)
  await writeFile(join(bin, 'pulumi'), '#!/bin/sh\necho nonsense\n')
  await chmod(join(bin, 'pulumi'), 0o755)
  const { code, said } = await start({ CUTOVER_DATA_DIR: join(folder, 'odd-cli'), PATH: `${bin}${delimiter}/bin` })
    .ended
  expect(code).toBe(2)
  expect(said).toContain('no usable Pulumi CLI')
})

it('refuses a data directory that another service has, and takes over one whose owner is dead', async () => {
  const data = { CUTOVER_DATA_DIR: join(folder, 'shared') }
  const first = start(data)
  await until('the first service listens', () => first.out().includes('Server listening'))
  const second = await start(data).ended
  expect(second.code).toBe(2)
  expect(second.said).toContain('is in use by process')
  first.child.kill('SIGKILL')
  await first.ended
  const third = start(data)
  await until('the third accepts operations', () => third.out().includes('operations are accepted'), 60)
  third.child.kill('SIGTERM')
  expect((await third.ended).code).toBe(0)
})

it('has a --help that starts nothing', async () => {
  const { child, ended } = start({}, ['--help'])
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  expect((await ended).code).toBe(0)
  expect(out).toContain('CUTOVER_DATA_DIR')
})
