import { randomBytes } from 'node:crypto'
import { AwsError } from '../errors.ts'

/** `sg` → `sg-0123456789abcdef0` */
export const newId = (prefix: string): string => `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`

export const hasPrefix = (id: string, prefix: string): boolean => new RegExp(`^${prefix}-[0-9a-f]+$`).test(id)

export const malformedId = (code: string, id: string, prefix: string): AwsError =>
  new AwsError(code, `Invalid id: "${id}" (expecting "${prefix}-...")`)
