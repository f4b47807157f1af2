import { mkdtempSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { kubeconfigsIn } from '../../../automation/cluster/kubeconfigs.ts'
import { configFile } from '../../../automation/engine/stack-config.ts'
import { StackFiles } from '../../../automation/engine/stack-files.ts'
import { adopted } from '../../../automation/phases/stages.ts'
import { document } from '../document.ts'
import { states, workloadIn } from '../fixture.ts'
import { Journal } from '../store/journal.ts'

/** Two machines with one journal. */
let journal: Journal
let folder: string
let count = 0
let name: string

beforeAll(async () => {
  journal = await Journal.open()
  folder = mkdtempSync(join(tmpdir(), 'stack-files-'))
})
afterAll(async () => {
  await journal.remove()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => void (name = `w${(count += 1)}`))

const machine = (where: string) => {
  const options = { folder: join(folder, where), aws: {}, plugins: {}, passphrase: 'same', environment: {} }
  return new StackFiles(options, journal.store.read.stacks)
}
const workload = () => workloadIn(states.adopted, { name, stage: adopted })
const migration = { name: 'prod-2026', inventory: document(), cluster: null, createdAt: 0, updatedAt: 0 }
const write = (where: string) => machine(where).write(workload(), migration, adopted)
const read = (path: string) => parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>

/** What the CLI leaves when it has made a stack. */
async function cliWrites(where: string, salt: string, config: object): Promise<void> {
  const { folder: place, stack } = machine(where).task(workload(), { id: 'test', fence: 1 }, false)
  await writeFile(configFile(place, stack), stringify({ encryptionsalt: salt, config }))
}
const secret = { 'eks-cutover:testRoute': { secure: 'v1:abc' } }

it('is to be made until the CLI has made it, whichever machine asks', async () => {
  expect([await machine('a').prepare(workload()), await machine('b').prepare(workload())]).toEqual([false, false])
  await cliWrites('a', 'v1:salt', {})
  expect(await machine('a').prepare(workload())).toBe(false)
  await cliWrites('a', 'v1:salt', secret)
  expect([await machine('a').prepare(workload()), await machine('b').prepare(workload())]).toEqual([true, true])
  const { folder: place, stack } = machine('b').task(workload(), { id: 'test', fence: 1 }, false)
  expect(read(configFile(place, stack))).toEqual({ encryptionsalt: 'v1:salt', config: secret })
})

it('has on every machine the file that the CLI has made on one', async () => {
  await machine('a').prepare(workload())
  await cliWrites('a', 'v1:salt', secret)
  const there = read(await write('a'))
  await machine('b').prepare(workload())
  const here = read(await write('b'))
  expect(here).toEqual(there)
  expect(here).toMatchObject({ encryptionsalt: 'v1:salt', config: { ...secret, 'eks-cutover:stage': adopted } })
})

it('keeps what was kept first, when a machine that had lost its turn comes late with its own', async () => {
  for (const where of ['a', 'b']) await machine(where).prepare(workload())
  await cliWrites('b', 'v1:first', secret)
  await write('b')
  await cliWrites('a', 'v1:late', secret)
  expect(read(await write('a'))).toMatchObject({ encryptionsalt: 'v1:first' })
})

it("gives a person a file of their own and leaves the service's as it is", async () => {
  await machine('a').prepare(workload())
  await cliWrites('a', 'v1:salt', secret)
  const path = await machine('a').write(workload(), migration, adopted, { beside: 'by-hand' })
  const { folder: place, stack } = machine('a').task(workload(), { id: 'test', fence: 1 }, false)
  expect(path).toBe(join(place, `by-hand.${stack}.yaml`))
  expect(machine('a').byHand(workload(), path).preview).toBe(`pulumi preview --stack ${stack} --config-file ${path}`)
  expect(read(configFile(place, stack))).toEqual({ encryptionsalt: 'v1:salt', config: secret })
})

it("writes green's kubeconfig where it is missing or says something else, for nobody else to read", () => {
  const outputs = {
    ...{ clusterName: 'green', version: '1.33', endpoint: 'https://one', certificateAuthority: 'Q0E=' },
    ...{ oidcProviderArn: '', nodeSecurityGroupId: null, autoScalingGroups: [] },
  }
  const provide = kubeconfigsIn(join(folder, 'c'), undefined)
  const path = provide('prod-2026', 'eu-central-1', outputs)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const { ino } = statSync(path)
  provide('prod-2026', 'eu-central-1', outputs)
  expect(statSync(path).ino).toBe(ino)
  provide('prod-2026', 'eu-central-1', { ...outputs, endpoint: 'https://two' })
  expect(readFileSync(path, 'utf8')).toContain('https://two')
  unlinkSync(path)
  expect(provide('prod-2026', 'eu-central-1', outputs)).toBe(path)
  expect(readFileSync(path, 'utf8')).toContain('https://one')
})
