import { randomBytes } from 'node:crypto'

let last = { at: 0, tail: 0 }

/** `op-mk3x9…`: sorts by time of making, within a millisecond of one process as well; unique by 40 random bits beside it. */
export function newId(prefix: string): string {
  const now = Date.now()
  last = { at: now, tail: now === last.at ? last.tail + 1 : randomBytes(5).readUIntBE(0, 5) }
  return `${prefix}-${now.toString(36)}${last.tail.toString(16).padStart(10, '0')}`
}
