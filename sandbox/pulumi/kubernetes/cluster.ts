import { isObject, type Properties } from '../properties.ts'
import { StatusError, type Body, type KubernetesClient, type Query } from './client.ts'
import { kindOf, type Kind } from './kinds.ts'
import { nameOf, namespaceOf, textOf, type KubernetesObject } from './objects.ts'

interface Mapping {
  /** The path of the collection's group and version, such as `/apis/apps/v1`. */
  readonly root: string
  readonly plural: string
  readonly namespaced: boolean
}

/** The API server knows no such kind: the CRD is not there (yet, or any more). */
export class NoMatchError extends Error {
  constructor({ apiVersion, kind }: Kind) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`)
  }
}

/** Objects of any kind on one cluster. */
export class Cluster {
  readonly #client: KubernetesClient
  readonly #mappings = new Map<string, Mapping>()

  constructor(client: KubernetesClient) {
    this.#client = client
  }

  /** Fails when the server cannot be reached or does not let us in. */
  async probe(signal: AbortSignal): Promise<void> {
    await this.#client.send('GET', '/apis', signal)
  }

  async has(kind: Kind, signal: AbortSignal): Promise<boolean> {
    return (await this.#find(kind, signal)) !== undefined
  }

  /** A kind that the server does not know counts as namespaced, like most custom ones. */
  async isNamespaced(kind: Kind, signal: AbortSignal): Promise<boolean> {
    return (await this.#find(kind, signal))?.namespaced ?? true
  }

  async get(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject> {
    return this.#client.send('GET', await this.#path(object, signal), signal)
  }

  /** undefined: it is not there. */
  async find(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return await this.get(object, signal)
    } catch (error) {
      if (error instanceof StatusError && error.status === 404) return undefined
      throw error
    }
  }

  async create(object: KubernetesObject, query: Query, signal: AbortSignal): Promise<KubernetesObject> {
    const collection = await this.#collection(object, signal)
    return this.#client.send('POST', collection, signal, query, { contentType: 'application/json', content: object })
  }

  async replace(object: KubernetesObject, query: Query, signal: AbortSignal): Promise<KubernetesObject> {
    const path = await this.#path(object, signal)
    return this.#client.send('PUT', path, signal, query, { contentType: 'application/json', content: object })
  }

  async patch(object: KubernetesObject, body: Body, query: Query, signal: AbortSignal): Promise<KubernetesObject> {
    return this.#client.send('PATCH', await this.#path(object, signal), signal, query, body)
  }

  async delete(object: KubernetesObject, propagationPolicy: string, signal: AbortSignal): Promise<void> {
    const content = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy }
    const body = { contentType: 'application/json', content }
    await this.#client.send('DELETE', await this.#path(object, signal), signal, {}, body)
  }

  close(): void {
    this.#client.close()
  }

  async #path(object: KubernetesObject, signal: AbortSignal): Promise<string> {
    return `${await this.#collection(object, signal)}/${encodeURIComponent(nameOf(object))}`
  }

  async #collection(object: KubernetesObject, signal: AbortSignal): Promise<string> {
    const kind = kindOf(object)
    const mapping = await this.#find(kind, signal)
    if (!mapping) throw new NoMatchError(kind)
    const namespace = mapping.namespaced ? `/namespaces/${encodeURIComponent(namespaceOf(object) || 'default')}` : ''
    return `${mapping.root}${namespace}/${mapping.plural}`
  }

  /** Asks again as long as the kind is not there: a CRD may be made at any time. */
  async #find({ apiVersion, kind }: Kind, signal: AbortSignal): Promise<Mapping | undefined> {
    const key = `${apiVersion}/${kind}`
    const known = this.#mappings.get(key)
    if (known) return known
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const resources = await this.#resources(root, signal)
    const found = resources.find((resource) => resource.kind === kind && !textOf(resource.name).includes('/'))
    if (!found) return undefined
    const mapping = { root, plural: textOf(found.name), namespaced: found.namespaced === true }
    this.#mappings.set(key, mapping)
    return mapping
  }

  async #resources(root: string, signal: AbortSignal): Promise<Properties[]> {
    try {
      const { resources } = await this.#client.send('GET', root, signal)
      return Array.isArray(resources) ? resources.filter(isObject) : []
    } catch (error) {
      if (error instanceof StatusError && error.status === 404) return []
      throw error
    }
  }
}
