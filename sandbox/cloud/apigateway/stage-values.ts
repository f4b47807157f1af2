import { badRequest } from './invalid.ts'

/** API Gateway guide, "Stage variables": names of up to 64 characters, values of up to 512. */
export function requireVariables(variables: Readonly<Record<string, string>> | undefined): void {
  for (const [name, value] of Object.entries(variables ?? {})) {
    if (!/^\w{1,64}$/.test(name)) throw badRequest(`Invalid stage variable name: ${name}. Please use [a-zA-Z0-9_]`)
    if (!/^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/.test(value)) {
      throw badRequest(
        `Invalid stage variable value: ${value}. Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
      )
    }
  }
}

export function requirePercentage(percentage: number): void {
  if (percentage >= 0 && percentage <= 100) return
  throw badRequest(`Invalid canary percentTraffic: ${percentage}. It must be between 0.0 and 100.0`)
}
