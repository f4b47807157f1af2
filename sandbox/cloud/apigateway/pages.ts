import { pageOf } from '../page.ts'
import { badRequest } from './invalid.ts'

interface PageInput {
  position?: string | undefined
  limit?: number | undefined
}

/** 25 at a time unless asked for more, 500 at most. */
export function page<Item>(items: readonly Item[], input: PageInput): { items: Item[]; position?: string } {
  const found = pageOf(items, Math.min(input.limit || 25, 500), input.position)
  if (!found) throw badRequest('Invalid position specified')
  return { items: found.items, ...(found.next === undefined ? {} : { position: found.next }) }
}
