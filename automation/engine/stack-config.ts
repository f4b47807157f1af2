import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { project } from '../../infra/names.ts'
import type { ClusterStackConfig, WorkloadStackConfig } from '../../infra/programs.ts'

export const configFile = (folder: string, stack: string): string => join(folder, `Pulumi.${stack}.yaml`)

/** What only the Pulumi CLI can write of a stack's file: the salt or key of its secrets, and their encrypted values. */
export interface KeptConfig {
  readonly [key: string]: unknown
  readonly encryptionsalt?: string
  readonly config?: Readonly<Record<string, unknown>>
}

/**
 * Writes a stack's config as the program reads it, by the service as by hand, with what only the CLI can write. Replaced in one
 * step, so that a killed writer leaves the old file or the new one.
 */
export async function writeStackConfig(
  path: string,
  config: WorkloadStackConfig | ClusterStackConfig | Readonly<Record<string, never>>,
  { config: encrypted = {}, ...kept }: KeptConfig,
): Promise<void> {
  const plain = Object.entries(config).map(([key, value]): [string, unknown] => [`${project}:${key}`, value])
  const file: KeptConfig = { ...kept, config: { ...Object.fromEntries(plain), ...encrypted } }
  const partial = `${path}.${process.pid}.tmp`
  await writeFile(partial, stringify(file), { mode: 0o600 })
  await rename(partial, path)
}

/** The stack was made: its salt is the first thing that the CLI writes, and its secrets come after it. */
export const isMade = ({ encryptionsalt, config = {} }: KeptConfig, secrets: readonly string[]): boolean =>
  encryptionsalt !== undefined && secrets.every((key) => config[`${project}:${key}`] !== undefined)

/** Of the stack's file on this machine; empty where there is none. */
export async function readKept(folder: string, stack: string): Promise<KeptConfig> {
  const { config = {}, ...kept } = await readStackFile(folder, stack)
  const encrypted = Object.entries(config).filter(
    ([, value]) => typeof value === 'object' && value !== null && 'secure' in value,
  )
  return { ...kept, config: Object.fromEntries(encrypted) }
}

async function readStackFile(folder: string, stack: string): Promise<KeptConfig> {
  try {
    return (parse(await readFile(configFile(folder, stack), 'utf8')) ?? {}) as KeptConfig
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
