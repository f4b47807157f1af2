import { randomBytes } from 'node:crypto'

/** A prefix and 26 characters that no other name has, in the official provider's form: 18 digits of time, then chance. */
export function uniqueName(prefix: string): string {
  const time = new Date().toISOString().replace(/\D/g, '').padEnd(18, '0')
  return `${prefix}${time}${randomBytes(4).toString('hex')}`
}

/** The prefix of such a name; of any other name none. */
export function prefixOf(name: string | undefined): string {
  return /^(.*?)\d{18}[\da-f]{8}$/.exec(name ?? '')?.[1] ?? ''
}
