import { badRequest } from '../apigateway/invalid.ts'
import { pageOf } from '../page.ts'

interface PageInput {
  NextToken?: string | undefined
  MaxResults?: string | undefined
}

export function page<Item>(items: readonly Item[], input: PageInput): { Items: Item[]; NextToken?: string } {
  const found = pageOf(items, Math.min(Number(input.MaxResults ?? 100), 500), input.NextToken)
  if (!found) throw badRequest('Invalid NextToken specified')
  return { Items: found.items, ...(found.next === undefined ? {} : { NextToken: found.next }) }
}

/** What an Update call names replaces what was; what it leaves out stays. */
export const given = <Shape extends object>(input: Shape): Partial<Shape> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Shape>
