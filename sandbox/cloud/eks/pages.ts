import { pageOf } from '../page.ts'
import { invalidParameter } from './errors.ts'

/** One page of a list as EKS pages: at most 100 entries, and all tokens alike. */
export function eksPage<Item>(
  items: readonly Item[],
  { maxResults = 100, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
) {
  if (maxResults < 1 || maxResults > 100) throw invalidParameter('maxResults must be between 1 and 100')
  const page = pageOf(items, maxResults, nextToken)
  if (!page) throw invalidParameter('Invalid nextToken')
  return { items: page.items, nextToken: page.next }
}
