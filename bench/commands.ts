import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { timed } from './measure.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

export interface CommandFigures {
  readonly setUpMs: number
  readonly demoMs: number
  readonly testMs: number
}

/** What a newcomer waits for: set-up of a fresh clone with a warm CLI cache, the demo in it, and the tests in it. */
export async function measureCommands(say: (text: string) => void): Promise<CommandFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-bench-'))
  const clone = join(folder, 'clone')
  const command = (program: string, ...args: string[]): Promise<number> =>
    timed(() => run(program, args, { cwd: clone, maxBuffer: 64 * 1024 * 1024 }))
  try {
    await run('git', ['clone', '--quiet', root, clone])
    say('setting up a fresh clone')
    const setUpMs = await command('node', 'scripts/setup.mjs')
    say('running the demo in it')
    const demoMs = await command('npm', 'run', 'demo')
    say('running the tests in it')
    const testMs = await command('npm', 'test')
    return { setUpMs, demoMs, testMs }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
