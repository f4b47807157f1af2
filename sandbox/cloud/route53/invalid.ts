import { AwsError } from '../errors.ts'

export const invalidInput = (message: string) => new AwsError('InvalidInput', message)

/** The sentence in which AWS refuses a value that the API model itself forbids. `member` is a lower camel case path. */
export function constraintError(member: string, value: unknown, constraint: string): AwsError {
  return invalidInput(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

export function requireRange(member: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined) return
  if (!(value >= min)) throw constraintError(member, value, `Member must have value greater than or equal to ${min}`)
  if (value > max) throw constraintError(member, value, `Member must have value less than or equal to ${max}`)
}

export function requireLength(member: string, value: string | undefined, min: number, max: number): void {
  if (value === undefined) return
  if (value.length < min) {
    throw constraintError(member, value, `Member must have length greater than or equal to ${min}`)
  }
  if (value.length > max) throw constraintError(member, value, `Member must have length less than or equal to ${max}`)
}

export function requireOneOf(member: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return
  throw constraintError(member, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`)
}

/** All that is wrong with a batch, none of which has been carried out. */
export const invalidChangeBatch = (messages: readonly string[]) =>
  new AwsError('InvalidChangeBatch', `[${messages.join(', ')}]`, 400, { messages })
