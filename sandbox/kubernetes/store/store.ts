import { deepFreeze, nameOf, type KubernetesObject, type ObjectName } from '../object.ts'

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  revision: number
  /** The resource's key: `apps/deployments`, `/pods`. */
  key: string
  object: KubernetesObject
  previous?: KubernetesObject
}

type Listener = (event: StoreEvent) => void

/** How many changes a watch may be behind; older ones are as compacted as etcd's, and a watch from there gets 410. */
const historyLength = 2000

/**
 * The objects of one cluster and the order of their changes, as etcd keeps them: one revision counter for all, every
 * change is an event, readers share frozen objects.
 */
export class Store {
  readonly #objects = new Map<string, Map<string, KubernetesObject>>()
  readonly #listeners = new Set<Listener>()
  #history: StoreEvent[] = []
  #revision = 1
  #compacted = 0

  /** The revision of the last change. */
  get revision(): number {
    return this.#revision
  }

  /** The last revision from which no watch can start any more. */
  get compacted(): number {
    return this.#compacted
  }

  /** `T` is the kind that lives under `key`: `store.get<Pod>('/pods', name)`. */
  get<T = KubernetesObject>(key: string, name: ObjectName): T | undefined {
    return this.#objects.get(key)?.get(nameOf(name)) as T | undefined
  }

  /** By namespace and name, in the order of a list. */
  list<T = KubernetesObject>(key: string, namespace?: string): T[] {
    const objects = [...(this.#objects.get(key)?.values() ?? [])]
    const found = namespace ? objects.filter(({ metadata }) => metadata.namespace === namespace) : objects
    return found.sort((a, b) => (nameOf(a.metadata) < nameOf(b.metadata) ? -1 : 1)) as T[]
  }

  /** Every object of every resource, with its key. */
  all(): { key: string; object: KubernetesObject }[] {
    return [...this.#objects].flatMap(([key, objects]) => [...objects.values()].map((object) => ({ key, object })))
  }

  put(key: string, object: KubernetesObject): KubernetesObject {
    const previous = this.get(key, object.metadata)
    const revision = ++this.#revision
    const stored = deepFreeze<KubernetesObject>({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(revision) },
    })
    const objects = this.#objects.get(key) ?? new Map<string, KubernetesObject>()
    this.#objects.set(key, objects.set(nameOf(stored.metadata), stored))
    this.#emit({ type: previous ? 'MODIFIED' : 'ADDED', revision, key, object: stored, ...(previous && { previous }) })
    return stored
  }

  /** The removed object carries the revision of its removal. */
  remove(key: string, name: ObjectName): KubernetesObject | undefined {
    const previous = this.get(key, name)
    if (!previous) return undefined
    const revision = ++this.#revision
    const object = deepFreeze<KubernetesObject>({
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(revision) },
    })
    this.#objects.get(key)?.delete(nameOf(name))
    this.#emit({ type: 'DELETED', revision, key, object, previous })
    return object
  }

  /** Changes after `revision`, undefined when some of them are no longer known. */
  since(revision: number, key: string): StoreEvent[] | undefined {
    if (revision < this.#compacted) return undefined
    return this.#history.filter((event) => event.revision > revision && event.key === key)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Forgets the changes so far, as etcd's compaction does every five minutes. */
  compact(): void {
    this.#compacted = this.#revision
    this.#history = []
  }

  #emit(event: StoreEvent): void {
    this.#history.push(event)
    if (this.#history.length > historyLength) {
      const dropped = this.#history.splice(0, this.#history.length - historyLength)
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted
    }
    for (const listener of [...this.#listeners]) listener(event)
  }
}
