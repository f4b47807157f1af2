import { randomInt } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** `Z` a hosted zone, `C` a change. */
export const newId = (letter: 'Z' | 'C'): string =>
  letter + Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join('')

/** AWS takes `/hostedzone/Z123`, `hostedzone/Z123` and `Z123` for the same thing. */
export const bareId = (id: string | undefined): string => (id ?? '').split('/').at(-1) ?? ''
