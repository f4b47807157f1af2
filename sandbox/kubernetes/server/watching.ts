import { inVersion, type Api } from '../registry/api.ts'
import type { Fields, KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import { apiVersionOf } from '../resources.ts'
import { expired } from '../status-error.ts'
import type { Matcher } from '../store/selectors.ts'
import type { StoreEvent } from '../store/store.ts'
import type { Exchange } from './exchange.ts'
import { matcherOf, revisionOf } from './listing.ts'
import { represent } from './representation.ts'

/** The real server's minimum, when the client names no time-out. */
const defaultSeconds = 1800
const bookmarkSeconds = 60

type WatchType = StoreEvent['type'] | 'BOOKMARK' | 'ERROR'

/** What a change means to someone who sees only objects that match: one that stops matching is gone, one that starts to is new. */
function seenAs({ type, object, previous }: StoreEvent, matches: Matcher): StoreEvent['type'] | undefined {
  const before = previous !== undefined && matches(previous)
  const now = type !== 'DELETED' && matches(object)
  if (before && now) return 'MODIFIED'
  if (now) return 'ADDED'
  return before ? 'DELETED' : undefined
}

class Stream {
  readonly #exchange: Exchange
  readonly #resource: Resource
  #headersSent = false

  constructor(exchange: Exchange, resource: Resource) {
    this.#exchange = exchange
    this.#resource = resource
    exchange.response.writeHead(200, { 'content-type': 'application/json' })
    exchange.response.flushHeaders()
  }

  object(type: StoreEvent['type'], object: KubernetesObject): void {
    this.#write(type, this.#represented(inVersion(this.#resource, object)))
  }

  /** Tells the client how far it is without sending an object. */
  bookmark(revision: number): void {
    this.#write(
      'BOOKMARK',
      this.#represented({
        kind: this.#resource.kind,
        apiVersion: apiVersionOf(this.#resource),
        metadata: { resourceVersion: String(revision), creationTimestamp: null },
      }),
    )
  }

  error(status: Fields): void {
    this.#write('ERROR', status)
  }

  #represented(object: Fields): Fields {
    const represented = represent(this.#exchange, this.#resource, object, !this.#headersSent)
    this.#headersSent = true
    return represented
  }

  #write(type: WatchType, object: Fields): void {
    this.#exchange.response.write(`${JSON.stringify({ type, object })}\n`)
  }
}

/** Streams changes until the client goes, its time is over, or the server stops. */
export function watch(
  exchange: Exchange,
  api: Api,
  resource: Resource,
  where: { namespace?: string | undefined; name?: string },
): void {
  const matches = matcherOf(exchange, resource, where.namespace, where.name)
  const from = revisionOf(exchange.parameter('resourceVersion'))
  const stream = new Stream(exchange, resource)
  const { response } = exchange

  if (from === 0) {
    for (const object of api.store.list(resource.key, where.namespace).filter(matches)) stream.object('ADDED', object)
  } else {
    const missed = api.store.since(from, resource.key)
    if (!missed) {
      stream.error(expired(`too old resource version: ${from} (${api.store.compacted})`).status)
      response.end()
      return
    }
    missed.forEach(tell)
  }

  function tell(event: StoreEvent): void {
    if (event.key !== resource.key) return
    const type = seenAs(event, matches)
    if (!type) return
    // An object that only stopped matching is shown as it last matched, at the revision of the change.
    const shown = type === 'DELETED' && event.type !== 'DELETED' && event.previous ? event.previous : event.object
    const { resourceVersion } = event.object.metadata
    stream.object(type, { ...shown, metadata: { ...shown.metadata, resourceVersion } })
  }

  const bookmarks = exchange.flag('allowWatchBookmarks')
  const seconds = Number(exchange.parameter('timeoutSeconds') ?? defaultSeconds)
  const unsubscribe = api.store.subscribe(tell)
  const ticking = setInterval(() => bookmarks && stream.bookmark(api.store.revision), bookmarkSeconds * 1000)
  const ending = setTimeout(() => {
    if (bookmarks) stream.bookmark(api.store.revision)
    response.end()
  }, seconds * 1000)
  response.once('close', () => {
    unsubscribe()
    clearInterval(ticking)
    clearTimeout(ending)
  })
}
