import { randomBytes } from 'node:crypto'

/** `op-mk3x9…`: sorts by time of making, unique by 40 random bits beside the millisecond. */
export const newId = (prefix: string): string => `${prefix}-${Date.now().toString(36)}${randomBytes(5).toString('hex')}`
