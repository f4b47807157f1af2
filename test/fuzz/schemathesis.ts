import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The fuzzer that nobody here wrote. */
const version = '4.32.5'
/** What it asks for. */
const oldestPython = [3, 11] as const

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'eks-cutover')

/** The path of its program, from a virtual environment in the user's cache that is made the first time. Throws with what is missing. */
export function provideSchemathesis(): string {
  const folder = join(cache, `schemathesis-${version}`)
  const program = join(folder, 'bin', 'schemathesis')
  const done = join(folder, '.installed')
  if (existsSync(done)) return program
  const python = findPython()
  process.stderr.write(`installing schemathesis ${version} into ${folder}, once (about a minute) …\n`)
  mkdirSync(cache, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  run(python, ['-m', 'venv', folder], "Python's venv is missing (Debian: python3-venv)")
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`]
  run(
    join(folder, 'bin', 'python'),
    pip,
    'pip could not install it: is PyPI, or a mirror that pip knows, within reach?',
  )
  writeFileSync(`${done}.tmp`, version)
  renameSync(`${done}.tmp`, done)
  return program
}

function findPython(): string {
  const [major, minor] = oldestPython
  const check = `import sys; sys.exit(sys.version_info < (${major}, ${minor}))`
  const found = ['python3', 'python'].find((name) => spawnSync(name, ['-c', check]).status === 0)
  if (found) return found
  throw new Error(`no Python ${major}.${minor} or newer on the path (python3, python)`)
}

function run(program: string, args: readonly string[], otherwise: string): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (status !== 0) throw new Error(`${otherwise}\n${(stderr ?? '').trim()}`)
}
