import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { StackFiles } from '../../automation/engine/stack-files.ts'
import { advanceTo, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { processesBelow } from '../support/tree.ts'

/** Secrets appear in no event, plan, command line, error or API answer, and nowhere at rest but in their own file. */
let service: TestService
let secrets: Record<string, string>
const commandLines = new Set<string>()
let watch: NodeJS.Timeout

beforeAll(async () => {
  service = await startTestService()
  const passphrase = readFileSync(join(service.dataDir, 'passphrase'), 'utf8')
  const files = new StackFiles(
    { folder: '', aws: {}, plugins: {}, passphrase, environment: {} },
    service.automation.cutover.store.read.stacks,
  )
  const tokens = Object.entries(service.sandbox.ready.clusters).map(([colour, cluster]) => {
    const token = /token: (\S+)/.exec(readFileSync(cluster?.kubeconfig ?? '', 'utf8'))?.[1]
    return [`the token of ${colour}`, token ?? 'no token found'] as const
  })
  secrets = {
    'the passphrase': passphrase,
    "the test route's value": files.testRouteSecret({ migration: 'small', name: 'search' }),
    ...Object.fromEntries(tokens),
  }
  watch = setInterval(() => {
    for (const { command } of processesBelow(process.pid)) commandLines.add(command)
  }, 20)
  await applyInventory(service)
  await service.client.act('search', 'plan')
  await advanceTo(service, 'search', 'prepared')
  await service.client.act('search', 'plan')
  await advanceTo(service, 'search', 'shifting')
  await service.client.act('search', 'rollback', { reason: 'to have one' })
})
afterAll(async () => {
  clearInterval(watch)
  await service.stop()
})

function mustHaveNone(where: string, text: string): void {
  for (const [what, value] of Object.entries(secrets)) {
    expect(text.includes(value), `${what} is in ${where}`).toBe(false)
  }
}

it('no command line', () => {
  expect([...commandLines].some((line) => line.includes('config set --secret'))).toBe(true)
  mustHaveNone('a command line', [...commandLines].join('\n'))
})

it('no API answer', async () => {
  const base = '/v1/migrations/small/workloads/search'
  for (const path of [base, `${base}/history`, `${base}/outputs`, '/v1/migrations/small', '/openapi.json']) {
    mustHaveNone(path, JSON.stringify(await service.client.get(path)))
  }
})

it('no event', async () => {
  const events = await service.automation.cutover.store.read.events.after(0, {}, 10_000)
  expect(events.length).toBeGreaterThan(20)
  mustHaveNone('an event', JSON.stringify(events))
})

it("nothing of the engine's at rest: neither its state nor its config", () => {
  let files = 0
  for (const path of walk(service.dataDir)) {
    if (path === join(service.dataDir, 'passphrase') || path.startsWith(join(service.dataDir, 'journal'))) continue
    mustHaveNone(path, readFileSync(path, 'latin1'))
    files += 1
  }
  expect(files).toBeGreaterThan(3)
})

it('what is kept is for its owner alone', () => {
  expect(statSync(join(service.dataDir, 'passphrase')).mode & 0o077).toBe(0)
  for (const name of ['stacks', 'journal', 'pulumi-state']) {
    expect(statSync(join(service.dataDir, name)).mode & 0o077, name).toBe(0)
  }
})

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield path
  }
}
