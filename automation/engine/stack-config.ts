import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { project } from '../../infra/names.ts'
import type { ClusterStackConfig, WorkloadStackConfig } from '../../infra/programs.ts'

export const configFile = (folder: string, stack: string): string => join(folder, `Pulumi.${stack}.yaml`)

interface StackFile {
  encryptionsalt?: string
  config?: Record<string, unknown>
}

/**
 * Writes a stack's config as the program reads it, by the service as by hand. What only the Pulumi CLI can write, the salt and
 * encrypted values, is kept. Replaced in one step, so that a killed writer leaves the old file or the new one.
 */
export async function writeStackConfig(
  folder: string,
  stack: string,
  path: string,
  config: WorkloadStackConfig | ClusterStackConfig,
): Promise<void> {
  const { config: old = {}, ...rest } = await readStackFile(folder, stack)
  const encrypted = Object.entries(old).filter(
    ([, value]) => typeof value === 'object' && value !== null && 'secure' in value,
  )
  const plain = Object.entries(config).map(([key, value]): [string, unknown] => [`${project}:${key}`, value])
  const file: StackFile = { ...rest, config: Object.fromEntries([...plain, ...encrypted]) }
  const partial = `${path}.${process.pid}.tmp`
  await writeFile(partial, stringify(file), { mode: 0o600 })
  await rename(partial, path)
}

/** The engine made the stack with this file: its salt is the first thing that it writes. */
export async function isMade(folder: string, stack: string): Promise<boolean> {
  return (await readStackFile(folder, stack)).encryptionsalt !== undefined
}

export async function hasSecret(folder: string, stack: string, key: string): Promise<boolean> {
  const { config = {} } = await readStackFile(folder, stack)
  return config[`${project}:${key}`] !== undefined
}

async function readStackFile(folder: string, stack: string): Promise<StackFile> {
  try {
    return (parse(await readFile(configFile(folder, stack), 'utf8')) ?? {}) as StackFile
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** The project as the engine sees it in a stack's folder: the same name, and the plugins of this machine if any are named. */
export async function writeProject(folder: string, plugins: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const providers = Object.entries(plugins).map(([name, path]) => ({ name, path }))
  const file = {
    name: project,
    runtime: 'nodejs',
    main: folder,
    ...(providers.length > 0 ? { plugins: { providers } } : {}),
  }
  await writeFile(join(folder, 'Pulumi.yaml'), stringify(file), { mode: 0o600 })
}
