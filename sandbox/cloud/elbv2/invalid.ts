import { AwsError } from '../errors.ts'

export const validationError = (message: string) => new AwsError('ValidationError', message)

/** The sentence in which AWS refuses a value that the API model itself forbids. `member` is a lower camel case path. */
export function constraintError(member: string, value: unknown, constraint: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

export function requireRange(member: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined) return
  if (!(value >= min)) throw constraintError(member, value, `Member must have value greater than or equal to ${min}`)
  if (value > max) throw constraintError(member, value, `Member must have value less than or equal to ${max}`)
}

export function requireOneOf(member: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return
  throw constraintError(member, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`)
}

export function requireLength(member: string, value: string | undefined, min: number, max: number): void {
  if (value === undefined) return
  if (value.length < min) {
    throw constraintError(member, value, `Member must have length greater than or equal to ${min}`)
  }
  if (value.length > max) throw constraintError(member, value, `Member must have length less than or equal to ${max}`)
}

/** `kind` starts a sentence: `Load balancer`, `Target group`. */
export function requireName(kind: string, name: string): void {
  if (name === '') throw validationError(`${kind} name cannot be empty`)
  if (name.length > 32) throw validationError(`${kind} name '${name}' cannot be longer than '32' characters`)
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${kind} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    )
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${kind} name '${name}' cannot begin or end with a hyphen(-)`)
  }
}
