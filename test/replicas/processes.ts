import { readdir, readFile } from 'node:fs/promises'
import { operationVariable } from '../../automation/engine/processes.ts'

/** Of one operation, the fences whose engine runs have a process that lives now. */
export type FencesAtWork = ReadonlyMap<string, ReadonlySet<string>>

/** As the marks of all processes on this machine tell it. */
export async function fencesAtWork(): Promise<FencesAtWork> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const marks = await Promise.all(pids.map(markOf))
  const fences = new Map<string, Set<string>>()
  for (const mark of marks) {
    const [operation, fence] = mark?.split('/') ?? []
    if (!operation || !fence) continue
    fences.set(operation, (fences.get(operation) ?? new Set()).add(fence))
  }
  return fences
}

async function markOf(pid: string): Promise<string | null> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1')
    const entry = environment.split('\0').find((one) => one.startsWith(`${operationVariable}=`))
    return entry?.slice(operationVariable.length + 1) ?? null
  } catch {
    return null // ended meanwhile
  }
}
