import { readdirSync, readFileSync } from 'node:fs'

/** The processes below one, from /proc: tests that kill are for systems that have it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

export function processesBelow(pid: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? [])
  const below: Process[] = []
  const parents = new Set([pid])
  for (let found = true; found;) {
    const next = all.filter((process) => parents.has(process.parent) && !parents.has(process.pid))
    for (const process of next) {
      parents.add(process.pid)
      below.push(process)
    }
    found = next.length > 0
  }
  return below
}

function read(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, parent: Number(fields[1]), command }
  } catch {
    return null
  }
}

/** The engine workers of a service, and the CLIs that run under them. */
export const workersOf = (service: number): Process[] =>
  processesBelow(service).filter(({ command }) => command.includes('engine/worker.ts'))

export const clisOf = (service: number): Process[] =>
  processesBelow(service).filter(({ command }) =>
    /(^|\/)pulumi (up|preview|refresh|stack|config|cancel)\b/.test(command),
  )

/** The provider plugins that the CLIs of a service have started. */
export const pluginsOf = (service: number): Process[] =>
  processesBelow(service).filter(({ command }) => /\/pulumi-resource-\w+\b/.test(command))
