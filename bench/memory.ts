import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from './part.ts'
import { inSetting } from './setting.ts'

/** Resident. */
export interface ProcessMemory {
  readonly nowMiB: number
  readonly mostMiB: number
}

export interface MemoryFigures {
  readonly service: ProcessMemory
  readonly workers: readonly ProcessMemory[]
}

export const memory: Part = {
  about: 'what the service and its workers hold when nothing happens',
  async run({ say }) {
    const figures = await inSetting({ scenario: 'small' }, say, ({ stage }) => {
      say('waiting until memory grows no more')
      return settledMemoryOf(stage.pids.service)
    })
    const workers = figures?.workers.map(({ nowMiB }) => nowMiB).join(', ')
    return {
      title: 'Memory',
      text: figures
        ? `The service, idle: ${figures.service.nowMiB} MiB resident. Warm workers: ${workers} MiB.`
        : 'Not measured: this system has no /proc.',
      bounds: [],
      figures,
    }
  },
}

/** Once nothing of it grows any more. */
async function settledMemoryOf(service: number): Promise<MemoryFigures | null> {
  for (let before = memoryOf(service); before;) {
    await sleep(5_000)
    const now = memoryOf(service)
    if (now && sumOf(now) <= sumOf(before) * 1.01) return now
    before = now
  }
  return null
}

/** The service and each of its engine workers, where the system has /proc; null elsewhere. */
export function memoryOf(service: number): MemoryFigures | null {
  try {
    const workers = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === service && commandOf(pid).includes('engine/worker.ts'))
    return { service: processMemory(service), workers: workers.map(processMemory) }
  } catch {
    return null
  }
}

const sumOf = ({ service, workers }: MemoryFigures): number =>
  workers.reduce((sum, { nowMiB }) => sum + nowMiB, service.nowMiB)

function processMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const miB = (name: string): number => {
    const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
    return Math.round(Number(kib) / 1024)
  }
  return { nowMiB: miB('VmRSS'), mostMiB: miB('VmHWM') }
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return null // it has just ended
  }
}

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8')
