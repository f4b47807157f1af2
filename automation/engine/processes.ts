import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The environment variable by which every process of a run is known, also when its parents are gone. */
export const operationVariable = 'CUTOVER_OPERATION'

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** As the system tells it; compared, never read. */
  readonly startedAt: string
}

/** null: there is no such process. */
export function identify(pid: number): ProcessIdentity | null {
  if (process.platform === 'linux') {
    try {
      // field 22 of stat; the command in field 2 may contain spaces and ends with the last parenthesis
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? null : { pid, startedAt: fields[19] ?? '' }
    } catch {
      return null
    }
  }
  return isRunning(pid) ? { pid, startedAt: 'unknown' } : null
}

export const isSame = (a: ProcessIdentity | null, b: ProcessIdentity): boolean =>
  a?.pid === b.pid && a.startedAt === b.startedAt

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Its direct children; [] where the system does not tell by /proc. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}

/** What a process holds in memory; 0 when it is gone, or where the system does not tell by /proc. */
export function residentBytes(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Sends a signal to a process group; a group that is gone is no error. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  if (leader <= 0) return // 0 would be our own group
  try {
    process.kill(-leader, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Every process that carries the mark, or one that begins with it and a slash: a run's own, or all of an operation's runs. */
export async function processesOf(mark: string): Promise<number[]> {
  const pids = process.platform === 'linux' ? await markedByProc(mark) : await markedByPs(mark)
  return pids.filter((pid) => pid !== process.pid)
}

const carries = (entry: string, mark: string): boolean =>
  entry === `${operationVariable}=${mark}` || entry.startsWith(`${operationVariable}=${mark}/`)

async function markedByProc(mark: string): Promise<number[]> {
  const entries = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const marked = await Promise.all(
    entries.map(async (name) => {
      try {
        const environment = await readFile(`/proc/${name}/environ`, 'latin1')
        return environment.split('\0').some((entry) => carries(entry, mark)) ? Number(name) : null
      } catch {
        return null // ended meanwhile, or not ours
      }
    }),
  )
  return marked.filter((pid) => pid !== null)
}

async function markedByPs(mark: string): Promise<number[]> {
  const { stdout } = await run('ps', ['axeww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 })
  const lines = stdout.split('\n').filter((line) => line.split(' ').some((entry) => carries(entry, mark)))
  return lines.map((line) => Number(line.trim().split(/\s+/)[0]))
}

/** Kills every process that carries the mark until none is left. */
export async function endProcessesOf(mark: string): Promise<void> {
  for (;;) {
    const left = await processesOf(mark)
    if (left.length === 0) return
    for (const pid of left) killOne(pid)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
