import { existsSync, linkSync, readFileSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { identify, isSame, type ProcessIdentity } from '../engine/processes.ts'
import { makeWhole } from './whole-file.ts'

/** The data directory is in use by a service that is alive. */
export class DirectoryInUse extends Error {
  /** Whose it is. */
  readonly owned: string

  constructor(folder: string, owner: Owner) {
    const owned = `${folder} is in use by process ${owner.pid} on ${owner.host}`
    super(
      `${owned}. Two services on one data directory would corrupt it: ` +
        'stop the other one, or give this one a CUTOVER_DATA_DIR of its own.',
    )
    this.owned = owned
    this.name = 'DirectoryInUse'
  }
}

interface Owner extends ProcessIdentity {
  readonly host: string
}

/**
 * Takes the data directory for this process. A lock whose owner is gone (its pid is free, or belongs to a process that started
 * at another time) is taken over; one of another host never is, because nobody here can tell whether its owner lives.
 */
export function lockDirectory(folder: string): { release(): void } {
  const file = join(folder, 'service.lock')
  const self: Owner = { ...(identify(process.pid) ?? { pid: process.pid, startedAt: 'unknown' }), host: hostname() }
  for (let attempt = 0; ; attempt += 1) {
    try {
      makeWhole(file, JSON.stringify(self))
      return { release: () => unlinkSync(file) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error
      removeDead(file, folder, self)
    }
  }
}

/** Removing and making again is two steps, so only one process at a time may do it: else two could take over each other. */
function removeDead(file: string, folder: string, self: Owner): void {
  const turn = `${file}.takeover`
  clearTurnOfDead(turn)
  try {
    makeWhole(turn, JSON.stringify(self))
  } catch {
    throw new Error(`another service is taking over ${folder}. If none is starting, remove ${turn} and start again.`)
  }
  try {
    const owner = readOwner(file)
    if (owner && isAlive(owner)) throw new DirectoryInUse(folder, owner)
    rmSync(file, { force: true })
  } finally {
    unlinkSync(turn)
  }
}

/** Whoever died while it was its turn has left it. What is taken away is looked at once more: it may be another's by then. */
function clearTurnOfDead(turn: string): void {
  const left = existsSync(turn) ? readOwner(turn) : null
  if (!left || isAlive(left)) return
  const aside = `${turn}.${process.pid}`
  try {
    renameSync(turn, aside)
  } catch {
    return // somebody else did it first
  }
  const taken = readOwner(aside)
  if (taken && isAlive(taken)) linkSync(aside, turn)
  rmSync(aside)
}

const isAlive = (owner: Owner): boolean => owner.host !== hostname() || isSame(identify(owner.pid), owner)

/** null: not a lock of ours, e.g. a file that was cut short when its writer died. */
function readOwner(file: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>
    if (typeof owner.pid !== 'number' || typeof owner.host !== 'string') return null
    return { pid: owner.pid, host: owner.host, startedAt: owner.startedAt ?? '' }
  } catch {
    return null
  }
}
