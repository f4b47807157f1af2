import type { Clock } from '../../clock.ts'
import type { Api } from '../registry/api.ts'
import { timestamp, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import { StatusError } from '../status-error.ts'

interface Occurrence {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** Who saw it: `deployment-controller`, `kubelet`. */
  component: string
}

/** How long the API server keeps an event. */
const lifetimeSeconds = 3600

/** Writes events about objects; the same one again is counted, not written anew. */
export class EventRecorder {
  readonly #api: Api
  readonly #clock: Clock
  readonly #resource: Resource
  readonly #names = new Map<string, string>()
  #sequence = 0
  #last: Promise<void> = Promise.resolve()

  constructor(api: Api, clock: Clock) {
    this.#api = api
    this.#clock = clock
    this.#resource = api.resources.builtIn('events')
  }

  /** Does not wait: an event that cannot be written, because its namespace goes away, is lost as on a real cluster. */
  record(about: KubernetesObject<unknown>, occurrence: Occurrence): void {
    this.#last = this.#last
      .then(() => this.#write(about, occurrence))
      .catch((error: unknown) => {
        if (!(error instanceof StatusError)) throw error
      })
  }

  /** Resolves when every event so far is written. */
  settled(): Promise<void> {
    return this.#last
  }

  async #write({ apiVersion, kind, metadata }: KubernetesObject<unknown>, occurrence: Occurrence): Promise<void> {
    const { type, reason, message, component } = occurrence
    const namespace = metadata.namespace ?? 'default'
    const known = JSON.stringify([metadata.uid, occurrence])
    const now = timestamp()
    const name = this.#names.get(known)
    if (name && this.#api.store.get(this.#resource.key, { namespace, name })) {
      const again = (live: KubernetesObject) => ({ ...live, count: Number(live.count) + 1, lastTimestamp: now })
      await this.#api.patch(this.#resource, { namespace, name }, again, { manager: component })
      return
    }
    const { name: object, uid, resourceVersion } = metadata
    const event = await this.#api.create(
      this.#resource,
      {
        metadata: { name: `${object}.${(++this.#sequence).toString(16).padStart(16, '0')}`, namespace },
        involvedObject: { apiVersion, kind, name: object, namespace: metadata.namespace, uid, resourceVersion },
        type,
        reason,
        message,
        source: { component },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        reportingComponent: '',
        reportingInstance: '',
      },
      { namespace },
      { manager: component },
    )
    this.#names.set(known, event.metadata.name)
    this.#clock.after(lifetimeSeconds, () => {
      this.#names.delete(known)
      this.#api.store.remove(this.#resource.key, event.metadata)
    })
  }
}
