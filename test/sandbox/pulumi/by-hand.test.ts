import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { engineEnvironment } from './engine.ts'

const run = promisify(execFile)

let cloud: TestCloud
let plugins: Plugins
let project: string
let environment: Record<string, string>

const program = `
import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import type { Wanted } from './wanted.ts'

const config = new pulumi.Config()
const { vpcId } = config.requireObject<Wanted>('wanted')
console.log('a line from the program')
export const name = new aws.lb.TargetGroup('green', { port: 80, protocol: 'HTTP', targetType: 'ip', vpcId }).name
if (config.getBoolean('fail')) throw new Error('the program gave up')
`

beforeAll(async () => {
  cloud = await startCloud()
  project = await mkdtemp(join(tmpdir(), 'by-hand-'))
  plugins = await startPlugins({ folder: join(project, 'plugins') })
  const { ports } = plugins
  environment = {
    ...(process.env as Record<string, string>),
    ...engineEnvironment(project),
    PULUMI_DEBUG_LANGUAGES: `nodejs:${ports.language}`,
    PULUMI_DEBUG_PROVIDERS: `aws:${ports.aws},kubernetes:${ports.kubernetes}`,
  }
  const settings = { name: 'by-hand', runtime: { name: 'nodejs', options: { typescript: false } }, main: 'infra/' }
  await writeFile(join(project, 'Pulumi.yaml'), JSON.stringify(settings))
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module', main: 'index.ts' }))
  await symlink(join(import.meta.dirname, '../../../node_modules'), join(project, 'node_modules'))
  await mkdir(join(project, 'infra'))
  await writeFile(join(project, 'infra/package.json'), JSON.stringify({ type: 'module', main: 'index.ts' }))
  await writeFile(join(project, 'infra/wanted.ts'), 'export interface Wanted { vpcId: string }\n')
  await writeFile(join(project, 'infra/index.ts'), program)
  await pulumi('stack', 'init', 'dev')
  const { endpoints, ...options } = cloud.providerOptions
  await pulumi('config', 'set', 'wanted', JSON.stringify({ vpcId: cloud.vpcId }))
  await pulumi('config', 'set', 'aws:endpoints', JSON.stringify(endpoints))
  for (const [name, value] of Object.entries(options)) await pulumi('config', 'set', `aws:${name}`, String(value))
})
afterAll(async () => {
  await plugins.stop()
  await cloud.close()
  await rm(project, { recursive: true, force: true })
})

const pulumi = async (...options: string[]) =>
  (await run('pulumi', [...options, '--non-interactive'], { cwd: project, env: environment })).stdout

test('a TypeScript program runs by hand with everything attached through the environment', async () => {
  const preview = await pulumi('preview', '--suppress-progress')
  expect(preview).toContain('a line from the program')
  expect(preview).toContain('+ 2 to create')
  expect(cloud.wire.calls.count({ operation: 'CreateTargetGroup' })).toBe(1)
  expect(await pulumi('up', '--yes', '--skip-preview')).toMatch(/name: "green-[0-9a-f]{7}"/)
  expect(cloud.wire.calls.count({ operation: 'CreateTargetGroup' })).toBe(2)

  await pulumi('config', 'set', 'fail', 'true')
  const failed = await pulumi('up', '--yes', '--skip-preview').catch((error: { stdout: string }) => error.stdout)
  expect(failed).toContain('the program gave up')
  await pulumi('config', 'set', 'fail', 'false')
  expect(await pulumi('destroy', '--yes', '--skip-preview')).toContain('- 2 deleted')
})

test('nothing that the command line started outlives its sudden death', async () => {
  cloud.wire.calls.clear()
  cloud.faults.add({ match: { operation: 'CreateTargetGroup' }, effect: { delayMs: 600_000 } })
  const { PULUMI_DEBUG_PROVIDERS: _, ...withoutProviders } = environment
  const settings = { providers: [{ name: 'aws', path: plugins.folders.aws }] }
  const yaml = { name: 'by-hand', runtime: { name: 'nodejs', options: { typescript: false } }, main: 'infra/' }
  await writeFile(join(project, 'Pulumi.yaml'), JSON.stringify({ ...yaml, plugins: settings }))
  const cli = spawn('pulumi', ['up', '--yes', '--skip-preview', '--non-interactive'], {
    cwd: project,
    env: withoutProviders,
    stdio: 'ignore',
  })
  await expect.poll(() => cloud.faults.list()[0]?.applied, { timeout: 40_000 }).toBe(1)
  const children = await processes((entry) => entry.parent === cli.pid)
  expect(children.map(({ command }) => command).join()).toContain('cat')
  const programs = await processes((entry) => entry.parent === plugins.pid)
  expect(programs).toHaveLength(1)
  cli.kill('SIGKILL')
  await once(cli, 'exit')
  const left = new Set([...children, ...programs].map(({ pid }) => pid))
  await expect.poll(() => processes(({ pid }) => left.has(pid)), { timeout: 20_000 }).toEqual([])
})

interface Entry {
  pid: number
  parent: number
  command: string
}

async function processes(wanted: (entry: Entry) => boolean): Promise<Entry[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='])
  const entries = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return entries
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, parent, , command = '']) => ({ pid: Number(pid), parent: Number(parent), command }))
    .filter(wanted)
}
