import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { document } from '../automation/document.ts'
import { until } from '../support/wait.ts'

/** kill -9 of the service before it is up, again and again on the same data: the next start goes on from whatever is there. */
const root = fileURLToPath(new URL('../..', import.meta.url))
let data: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'eks-cutover-killed-'))
})
afterAll(async () => {
  await rm(data, { recursive: true, force: true })
})

function start() {
  const child = spawn(process.execPath, [join(root, 'api/server.ts')], {
    env: {
      ...process.env,
      CUTOVER_PORT: '0',
      CUTOVER_LOG_LEVEL: 'info',
      CUTOVER_DATA_DIR: data,
      CUTOVER_AUTH: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const url = (): string => /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? ''
  return { child, ended, url, out: () => out }
}

type Started = ReturnType<typeof start>

const there = (name: string) => () => existsSync(join(data, name))

type Moment = readonly [string, (service: Started) => boolean]

const listens: Moment = ['it begins to listen', ({ url }) => url() !== '']
const accepts: Moment = ['it accepts operations', ({ out }) => out().includes('operations are accepted')]

/** On the way up, in the order in which a first start passes them. */
const moments: readonly Moment[] = [
  ['it has just been spawned', () => true],
  ['it takes the data directory', there('service.lock')],
  listens,
  ['it makes its journal', there('journal.unfinished')],
  ['its journal is half made', there('journal/base')],
]

async function killedWhen(...[what, reached]: Moment): Promise<void> {
  const service = start()
  try {
    await until(what, () => reached(service) || service.child.exitCode !== null, 240)
    expect(service.child.exitCode, service.out()).toBeNull()
  } finally {
    service.child.kill('SIGKILL')
    await service.ended
  }
}

async function whileUp(act: (url: string) => Promise<void>): Promise<void> {
  const service = start()
  const [what, isUp] = accepts
  try {
    await until(what, () => isUp(service) || service.child.exitCode !== null, 240)
    expect(isUp(service), service.out()).toBe(true)
    await act(service.url())
  } finally {
    service.child.kill('SIGTERM')
  }
  expect(await service.ended, service.out()).toBe(0)
}

it(
  'a first start that is killed at every step of it leaves nothing in the way of the next one',
  { timeout: 900_000 },
  async () => {
    for (const moment of moments) await killedWhen(...moment)
    await whileUp(async (url) => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify(document())
      const answer = await fetch(`${url}/v1/migrations/${document().migration}`, { method: 'PUT', headers, body })
      expect(answer.status).toBe(201)
    })
    const left = (await readdir(data)).filter((name) => /unfinished|takeover|lock/.test(name))
    expect(left).toEqual([])
  },
)

it('and nothing is lost when later ones are killed', { timeout: 900_000 }, async () => {
  for (const moment of [listens, accepts]) await killedWhen(...moment)
  await whileUp(async (url) => {
    const answer = await fetch(`${url}/v1/migrations/${document().migration}`)
    expect(answer.status).toBe(200)
    const { items } = (await (await fetch(`${url}/v1/migrations/${document().migration}/workloads`)).json()) as {
      items: { phase: string }[]
    }
    expect(items.map(({ phase }) => phase)).toEqual(Object.keys(document().workloads).map(() => 'registered'))
  })
})
