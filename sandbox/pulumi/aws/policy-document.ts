import type { Property } from './schema.ts'

/** JSON as Go writes it: keys in order, no spaces, and `<`, `>` and `&` escaped. Text that is no JSON stays as it is. */
export function normalizedJson(text: string): string {
  const value = parse(text)
  if (value === undefined) return text
  return JSON.stringify(value, sortedKeys).replace(
    /[<>&]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sortedKeys(_key: string, value: unknown): unknown {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
}

/**
 * Whether two policies say the same, in the sense of the official provider: one string stands for a list of one, lists
 * of actions, resources, principals and condition values have no order, and neither have statements.
 */
export function samePolicy(before: string, after: string): boolean {
  const [a, b] = [parse(before), parse(after)]
  if (a === undefined || b === undefined) return before === after
  return meaning(a) === meaning(b)
}

function meaning(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? meaning(value[0]) : `[${value.map(meaning).sort().join()}]`
  if (!isRecord(value)) return JSON.stringify(String(value))
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${meaning(member)}`)
  return `{${members.sort().join()}}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A property that holds a policy. */
export const policyText = {
  type: 'string',
  json: true,
  canonical: normalizedJson,
  same: samePolicy,
} as const satisfies Property

/** What IAM answers (percent-encoded), in the words of last time if it means the same. */
export function policyFrom(answered: string | undefined, prior: unknown): string {
  const current = normalizedJson(decodeURIComponent(answered ?? ''))
  return typeof prior === 'string' && samePolicy(prior, current) ? prior : current
}
