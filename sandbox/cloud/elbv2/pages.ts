import { pageOf } from '../page.ts'
import { constraintError, requireRange, validationError } from './invalid.ts'

interface PageInput {
  Marker?: string | undefined
  PageSize?: number | undefined
}

/** AWS answers at most 400 at a time, asked or not. */
export function page<Item>(items: readonly Item[], input: PageInput): { items: Item[]; NextMarker?: string } {
  requireRange('pageSize', input.PageSize, 1, 400)
  const found = pageOf(items, input.PageSize ?? 400, input.Marker)
  if (!found) throw validationError(`Marker '${input.Marker}' is not valid`)
  return { items: found.items, NextMarker: found.next }
}

/** More names or ARNs than this in one call are refused. */
export function requireAtMost(member: string, values: readonly string[] | undefined, max: number): void {
  if (values && values.length > max) {
    throw constraintError(member, `[${values.join(', ')}]`, `Member must have length less than or equal to ${max}`)
  }
}
