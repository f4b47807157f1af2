// Makes a fresh clone ready: node_modules as the lock file says, and a Pulumi CLI that npm scripts find on their path. With the
// word `tests`, PostgreSQL's programs and jq as well, where Debian's packages can be installed: tests start a server of their own.
// Plain JavaScript for any Node >= 18, because it runs before anything is installed. Silent when there is nothing to do.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const stamp = join(root, 'node_modules', '.lock-installed')
const windows = process.platform === 'win32'

/** The oldest CLI that is known to work; also the one that is installed where there is none. */
const pinned = '3.259.0'
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eks-cutover', 'pulumi', `v${pinned}`)
const executable = windows ? 'pulumi.exe' : 'pulumi'

main().catch((error) => {
  process.stderr.write(`set-up failed: ${error.message}\n`)
  process.exit(1)
})

async function main() {
  await installPackages()
  requireNode()
  await providePulumi()
  if (process.argv.includes('tests')) await provideForTests()
}

async function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  await longStep(
    'installing packages (npm ci)',
    'about a minute',
    'npm',
    ['ci', '--ignore-scripts', '--loglevel=error'],
    { cwd: root },
  )
  writeFileSync(stamp, lock)
}

/** The package `node-linux-*` brings Node 24; elsewhere the user's own node has to be new enough. */
function requireNode() {
  const found = spawnSync('node', ['--version'], {
    env: { ...process.env, PATH: bin + delimiter + process.env.PATH },
    encoding: 'utf8',
    shell: windows,
  })
  const version = (found.stdout || '').trim()
  if (Number(version.slice(1).split('.')[0]) >= 24) return
  throw new Error(
    `Node 24 or newer is needed, and this platform's node is ${version || 'missing'}. Install it from https://nodejs.org and run the same command again.`,
  )
}

async function providePulumi() {
  const linked = join(bin, executable)
  if (existsSync(linked)) return
  rmSync(linked, { force: true }) // a link whose target is gone
  if (newEnough('pulumi')) return
  const cached = join(cache, 'bin', executable)
  if (!newEnough(cached)) {
    mkdirSync(dirname(cached), { recursive: true })
    const reasons = []
    for (const way of [officialInstaller, goBuild]) {
      const reason = await way(cached)
      if (reason === undefined) break
      reasons.push(reason)
    }
    if (!newEnough(cached)) throw new Error(missingPulumi(reasons))
  }
  symlinkSync(cached, linked)
}

/** Is `command` a Pulumi CLI of the pinned version or newer? Of the 3.x line: a major may change what the engine expects. */
function newEnough(command) {
  const found = spawnSync(command, ['version'], {
    encoding: 'utf8',
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
  })
  if (found.status !== 0) return false
  const have = /^v?(\d+)\.(\d+)\.(\d+)/.exec(found.stdout.trim())?.slice(1).map(Number)
  const want = pinned.split('.').map(Number)
  if (!have || have[0] !== want[0]) return false
  return have[1] !== want[1] ? have[1] > want[1] : have[2] >= want[2]
}

/** Returns a reason when it did not work, undefined when it did. */
async function officialInstaller(target) {
  const url = 'https://get.pulumi.com'
  let script
  try {
    const answer = await fetch(`${url}/install.sh`, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) return `${url} answered ${answer.status}`
    script = await answer.text()
  } catch (error) {
    return `${url} did not answer (${error.cause?.code ?? error.name})`
  }
  const file = join(tmpdir(), `install-pulumi-${process.pid}.sh`)
  writeFileSync(file, script, { mode: 0o700 })
  try {
    await longStep(
      `installing the Pulumi CLI ${pinned}`,
      'about a minute',
      'sh',
      [file, '--version', pinned, '--install-root', dirname(dirname(target)), '--no-edit-path'],
      {
        giveUpAfterSeconds: 600,
      },
    )
  } catch (error) {
    return `Pulumi's installer failed: ${error.message}`
  } finally {
    rmSync(file, { force: true })
  }
  return newEnough(target) ? undefined : "Pulumi's installer left no usable CLI"
}

/** Builds the pinned CLI from tools/go.mod. The version flag is mandatory: a CLI without a version is refused by the Automation API. */
async function goBuild(target) {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' })
  if (go.status !== 0) return 'there is no Go on the path to build it with'
  const partial = `${target}.${process.pid}`
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pinned}`
  const args = [
    'build',
    '-trimpath',
    '-tags',
    'osusergo,grpcnotrace',
    '-ldflags',
    flags,
    '-o',
    partial,
    'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
  ]
  try {
    await longStep(
      `building the Pulumi CLI ${pinned}, once for this machine`,
      '4 to 8 minutes on two cores',
      'go',
      args,
      {
        cwd: join(root, 'tools'),
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      },
    )
    renameSync(partial, target)
  } catch (error) {
    rmSync(partial, { force: true })
    return `go build failed: ${error.message}`
  }
  return newEnough(target) ? undefined : 'the CLI that go built does not run'
}

/** What cannot be had is said and no error: those tests are skipped, with the reason. */
async function provideForTests() {
  const missing = [...(hasPostgres() ? [] : ['postgresql']), ...(isOnPath('jq') ? [] : ['jq'])]
  if (missing.length === 0 || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  // else the package would start a server of the machine's
  mkdirSync('/etc/postgresql-common', { recursive: true })
  writeFileSync('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n', { flag: 'a' })
  const keepOurs = ['-o', 'DPkg::Options::=--force-confold', '-o', 'DPkg::Lock::Timeout=300']
  const apt = (...args) => ['apt-get', ['-qq', ...keepOurs, ...args]]
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', UCF_FORCE_CONFFOLD: '1' },
    giveUpAfterSeconds: 300,
  }
  const names = missing.join(' and ')
  try {
    await longStep(`looking for ${names}`, 'some seconds', ...apt('update'), options)
    const install = apt('install', '--yes', '--no-install-recommends', ...missing)
    await longStep(`installing ${names} for the tests`, 'half a minute', ...install, options)
  } catch (error) {
    process.stderr.write(`${names} could not be installed, so the tests that need it are skipped: ${error.message}\n`)
  }
}

function hasPostgres() {
  const debian = '/usr/lib/postgresql'
  const folders = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []
  return [...folders, ...process.env.PATH.split(delimiter)].some((folder) => existsSync(join(folder, 'initdb')))
}

const isOnPath = (name) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, name)))

function missingPulumi(reasons) {
  return [
    `no Pulumi CLI ${pinned} or newer on the path, and none could be installed:`,
    ...reasons.map((reason) => `  - ${reason}`),
    'Do one of these and run the same command again:',
    `  - install Pulumi ${pinned} or newer (https://www.pulumi.com/docs/install/) so that \`pulumi version\` works`,
    '  - install Go 1.25 or newer (https://go.dev/dl/), and it will be built from its source',
  ].join('\n')
}

/** Runs a command, says that it is alive, and shows its output only when it fails. */
function longStep(what, usually, command, args, { giveUpAfterSeconds, ...options } = {}) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const terminal = process.stderr.isTTY
  const say = (text) => process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`)
  say(`${what}; usually ${usually} …`)
  const alive = setInterval(() => say(`${what}; usually ${usually} … ${seconds()} s`), terminal ? 1000 : 30_000)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: windows, ...options })
    const giveUp = giveUpAfterSeconds && setTimeout(() => child.kill(), giveUpAfterSeconds * 1000)
    let output = ''
    const keep = (chunk) => (output = (output + chunk).slice(-20_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const end = (error) => {
      clearInterval(alive)
      clearTimeout(giveUp)
      say(error ? `${what}: failed after ${seconds()} s` : `${what}: done in ${seconds()} s`)
      if (terminal) process.stderr.write('\n')
      if (error) reject(error)
      else resolve()
    }
    child.on('error', (error) => end(new Error(`${command}: ${error.message}`)))
    child.on('close', (code, signal) =>
      end(code === 0 ? undefined : new Error(`${command} ended with ${signal ?? code}\n${output.trim()}`)),
    )
  })
}
