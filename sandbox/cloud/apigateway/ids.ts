import { randomInt } from 'node:crypto'

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** APIs and VPC links have ten characters, resources and deployments six. */
export const newId = (length: 6 | 10): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
