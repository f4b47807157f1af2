import type { Json } from '../infra/workloads/kind.ts'

/** JSON with sorted keys. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = value as { readonly [key: string]: Json | undefined }
  const entries = Object.keys(members)
    .filter((key) => members[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(members[key] ?? null)}`)
  return `{${entries.join(',')}}`
}

/** Are two values the same JSON? Order of keys does not matter, order of items does. */
export const sameJson = (a: unknown, b: unknown): boolean => canonical(a as Json) === canonical(b as Json)
