import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache, findPart, providePart } from './parts.ts'

const names = ['aws', 'kubernetes'] as const
type PluginName = (typeof names)[number]

const fileOf = (name: PluginName) => `pulumi-resource-${name}`

/**
 * The real plugins, as a setting for CUTOVER_PULUMI_PLUGINS. Those that `setting` names are taken as they are; of the
 * others the official one of the SDK's version, which is fetched once, or where that cannot be had one that is built of
 * its Go modules. Throws with what to do.
 */
export function providePlugins(setting: string): string {
  const settings = setting.split(',').filter(Boolean)
  const named = new Map(settings.map((part) => part.split('=') as [string, string]))
  return names.map((name) => `${name}=${named.has(name) ? checked(named, name) : provide(name)}`).join(',')
}

function checked(named: ReadonlyMap<string, string>, name: PluginName): string {
  const folder = named.get(name) ?? ''
  if (existsSync(join(folder, fileOf(name)))) return folder
  throw new Error(`CUTOVER_PULUMI_PLUGINS: there is no ${fileOf(name)} in ${folder}`)
}

function provide(name: PluginName): string {
  const { folder, install } = official(name)
  if (existsSync(join(folder, fileOf(name)))) return folder
  const built = findPart(name)
  if (built !== undefined) return dirname(built)
  return install() ? folder : dirname(providePart(name))
}

/** Below a Pulumi home of its own, so that nobody's other plugins count. */
function official(name: PluginName): { folder: string; install: () => boolean } {
  const home = join(cache, 'official')
  const version = versionOf(name)
  const install = () => {
    process.stderr.write(`fetching the official plugin ${name} ${version}, once for this machine …\n`)
    const { status } = spawnSync('pulumi', ['plugin', 'install', 'resource', name, version], {
      env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: 'true' },
      stdio: 'ignore',
    })
    return status === 0
  }
  return { folder: join(home, 'plugins', `resource-${name}-v${version}`), install }
}

function versionOf(name: PluginName): string {
  const manifest = fileURLToPath(new URL('../../package.json', import.meta.url))
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> }
  return dependencies[`@pulumi/${name}`] ?? ''
}
