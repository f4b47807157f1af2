import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import {
  configFile,
  isMade,
  readKept,
  writeProject,
  writeStackConfig,
} from '../../../automation/engine/stack-config.ts'
import type { WorkloadStackConfig } from '../../../infra/programs.ts'
import * as stages from '../../../automation/phases/stages.ts'
import { site } from '../../infra/workloads/alb/fixture.ts'

const stack = 'prod-2026.search'

const config = (change: Partial<WorkloadStackConfig> = {}): WorkloadStackConfig => ({
  program: 'workload',
  kind: 'alb',
  site: site,
  stage: stages.adopted,
  aws: { region: 'eu-central-1' },
  ...change,
})

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-config-'))
  file = configFile(folder, stack)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = async (path = file): Promise<Record<string, any>> => parse(await readFile(path, 'utf8'))

describe('the config of a stack', () => {
  it("is what the program reads, under the project's name", async () => {
    await writeStackConfig(file, config(), {})
    expect(await read()).toEqual({
      config: {
        'eks-cutover:program': 'workload',
        'eks-cutover:kind': 'alb',
        'eks-cutover:site': JSON.parse(JSON.stringify(site)),
        'eks-cutover:stage': stages.adopted,
        'eks-cutover:aws': { region: 'eu-central-1' },
      },
    })
  })

  it('has the salt and every encrypted value, which only the Pulumi CLI can write', async () => {
    const secure = { secure: 'v1:abc:def' }
    const before = { encryptionsalt: 'v1:salt', config: { 'eks-cutover:testRoute': secure, 'eks-cutover:kind': 'old' } }
    await writeFile(file, stringify(before))
    const kept = await readKept(folder, stack)
    expect(kept).toEqual({ encryptionsalt: 'v1:salt', config: { 'eks-cutover:testRoute': secure } })
    await writeStackConfig(file, config(), kept)
    const after = await read()
    expect(after['encryptionsalt']).toBe('v1:salt')
    expect(after['config']['eks-cutover:testRoute']).toEqual(secure)
    expect(after['config']['eks-cutover:kind']).toBe('alb')
  })

  it('forgets a plain value that is not said again', async () => {
    await writeStackConfig(file, config({ deleteUnreachable: true }), {})
    await writeStackConfig(file, config(), {})
    expect((await read())['config']).not.toHaveProperty('eks-cutover:deleteUnreachable')
  })

  it('is for nobody else to read and is replaced in one step, with nothing left beside it', async () => {
    await writeStackConfig(file, config(), {})
    const { ino } = await stat(file)
    await writeStackConfig(file, config({ stage: stages.prepared }), {})
    const after = await stat(file)
    expect(after.mode & 0o777).toBe(0o600)
    expect(after.ino).not.toBe(ino)
    expect(await readdir(folder)).toEqual([`Pulumi.${stack}.yaml`])
  })
})

describe('a stack', () => {
  it('is made once the CLI has put its salt and its secrets in', async () => {
    const made = async (secrets: string[]) => isMade(await readKept(folder, stack), secrets)
    expect(await made([])).toBe(false)
    await writeFile(file, stringify({ encryptionsalt: 'v1:salt' }))
    expect([await made([]), await made(['testRoute'])]).toEqual([true, false])
    const config = { 'eks-cutover:testRoute': { secure: 'v1:x' } }
    await writeFile(file, stringify({ encryptionsalt: 'v1:salt', config }))
    expect(await made(['testRoute'])).toBe(true)
  })

  it('whose file is broken is no stack that is to be made', async () => {
    await writeFile(file, 'config: [broken')
    await expect(readKept(folder, stack)).rejects.toThrow()
  })
})

describe('the project in a stack’s folder', () => {
  it('names the plugins of this machine, or none', async () => {
    const project = join(folder, 'made', 'Pulumi.yaml')
    await writeProject(join(folder, 'made'), { aws: '/opt/aws' })
    expect(await read(project)).toMatchObject({
      name: 'eks-cutover',
      runtime: 'nodejs',
      plugins: { providers: [{ name: 'aws', path: '/opt/aws' }] },
    })
    await writeProject(join(folder, 'made'), {})
    expect(await read(project)).not.toHaveProperty('plugins')
    expect((await stat(join(folder, 'made'))).mode & 0o777).toBe(0o700)
  })
})
