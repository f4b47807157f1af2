export interface Page<Item> {
  readonly items: Item[]
  /** The token of the page that follows, if one does. */
  readonly next: string | undefined
}

/** One page of a list. undefined: the token is none of ours. */
export function pageOf<Item>(items: readonly Item[], size: number, token: string | undefined): Page<Item> | undefined {
  const start = token === undefined ? 0 : Number(/^start:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1])
  if (Number.isNaN(start)) return undefined
  const end = start + size
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`start:${end}`).toString('base64url') : undefined,
  }
}
