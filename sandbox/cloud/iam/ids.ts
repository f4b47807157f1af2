import { randomInt } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** An id in IAM's form: a prefix that says what it names (AROA a role, AIDA a user, ASIA a session's key), then letters and digits. */
export function uniqueId(prefix: string, length = 21): string {
  const rest = Array.from({ length: length - prefix.length }, () => alphabet[randomInt(alphabet.length)])
  return prefix + rest.join('')
}
