import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import type { Engine } from '../../../automation/engine/engine.ts'
import { createPulumiEngine, poolDefaults } from '../../../automation/engine/pulumi-engine.ts'
import { project } from '../../../infra/names.ts'

let engine: Engine
let folder: string

afterEach(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(workerMemoryMib: number): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'eks-cutover-pool-'))
  await mkdir(join(folder, 'state'))
  await writeFile(join(folder, 'Pulumi.yaml'), `name: ${project}\nruntime: nodejs\n`)
  await writeFile(join(folder, 'passphrase'), 'a passphrase')
  engine = createPulumiEngine({
    ...poolDefaults,
    workers: 1,
    workerMemoryMib,
    backendUrl: pathToFileURL(join(folder, 'state')).href,
    passphraseFile: join(folder, 'passphrase'),
    home: join(folder, 'home'),
  })
  await engine.start()
}

const createStack = (stack: string) =>
  engine.create({ operation: `op-${stack}`, fence: 1, stack, folder, urgent: false }, {}).result

it('keeps a worker that stays within its memory', async () => {
  await start(1024)
  const [first] = engine.workerPids()
  await createStack('small')
  expect(engine.workerPids()).toContain(first)
})

it('replaces a worker that holds more than it may when its operation has ended', async () => {
  // with the SDKs loaded it holds more than that; its heap alone does not
  await start(200)
  const [first] = engine.workerPids()
  await createStack('large')
  await expect.poll(() => engine.workerPids()).not.toContain(first)
  await expect.poll(() => engine.workerPids().length, { timeout: 20_000 }).toBeGreaterThan(0)
  await createStack('next')
})
