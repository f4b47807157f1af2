import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface MemoryFigures {
  readonly serviceMiB: number
  readonly workerMiB: readonly number[]
}

/**
 * Resident memory of the service and of each of its engine workers once nothing of it grows any more, where the system has /proc;
 * null elsewhere.
 */
export async function measureMemory(service: number): Promise<MemoryFigures | null> {
  for (let before = resident(service); before;) {
    await sleep(5_000)
    const now = resident(service)
    if (now && sumOf(now) <= sumOf(before) * 1.01) return now
    before = now
  }
  return null
}

function resident(service: number): MemoryFigures | null {
  try {
    const workers = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === service && commandOf(pid).includes('engine/worker.ts'))
    return { serviceMiB: residentMiB(service), workerMiB: workers.map(residentMiB) }
  } catch {
    return null
  }
}

const sumOf = ({ serviceMiB, workerMiB }: MemoryFigures): number =>
  workerMiB.reduce((sum, one) => sum + one, serviceMiB)

const residentMiB = (pid: number): number => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return null // it has just ended
  }
}

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
