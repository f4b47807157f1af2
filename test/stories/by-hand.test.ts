import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ByHand } from '../../automation/engine/stack-files.ts'
import { advanceTo, applyInventory } from '../support/journey.ts'
import { faultsOfOutputs, faultsOfStack } from '../support/published-outputs.ts'
import { startTestService, type TestService } from '../support/service.ts'

/** The program that the service runs is the one that a person runs: in the checkout, with the config that the service wrote. */
const root = fileURLToPath(new URL('../..', import.meta.url))
let service: TestService
let byHand: ByHand

beforeAll(async () => {
  service = await startTestService()
  await applyInventory(service)
  await advanceTo(service, 'search', 'prepared')
  byHand = await service.client.get<ByHand>('/v1/migrations/small/workloads/search/by-hand')
})
afterAll(async () => {
  await service.stop()
})

/** Types a command as a person would, with what the API and the sandbox say that it needs. */
function type(command: string): Promise<{ code: number | null; said: string }> {
  const [program = '', ...args] = command.split(' ')
  const { env, byHand: attached } = service.sandbox.ready
  return new Promise((resolve) => {
    const child = spawn(program, [...args, '--non-interactive'], {
      cwd: root,
      env: { ...process.env, ...env, ...attached, ...byHand.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.on('close', (code) => resolve({ code, said }))
  })
}

it('previews the very same program: nothing would change', async () => {
  const { code, said } = await type(byHand.preview)
  expect(said).toContain('7 unchanged')
  expect(code).toBe(0)
})

it('refuses an up that would move traffic past the gates', async () => {
  const { code, said } = await type(`${byHand.up} --yes`)
  expect(said).toContain('would move its traffic past the gates')
  expect(code).not.toBe(0)
})

it('brings it up when the config says that it is meant, and shows the outputs that CI reads', async () => {
  expect((await type(byHand.upNeeds ?? '')).code).toBe(0)
  const { code, said } = await type(`${byHand.up} --yes`)
  expect(said).toContain('7 unchanged')
  expect(code).toBe(0)
  const shown = await type('pulumi stack output --json --stack small.search')
  const outputs = await service.client.get('/v1/migrations/small/workloads/search/outputs')
  expect(JSON.parse(shown.said)).toEqual({ cutover: outputs })
  expect(faultsOfOutputs(outputs)).toEqual([])
  expect(faultsOfStack(JSON.parse(shown.said))).toEqual([])
  expect(JSON.parse((await type('pulumi stack output cutover --json --stack small.search')).said)).toEqual(outputs)
})

it('keeps the state in files that are written in one piece, whoever ran the stack', () => {
  const files = readdirSync(`${service.dataDir}/pulumi-state`, { recursive: true, encoding: 'utf8' })
  expect(files.filter((file) => file.endsWith('.json'))).not.toEqual([])
  expect(files.filter((file) => file.endsWith('.attrs'))).toEqual([])
})
