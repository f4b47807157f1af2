import { definitionCleanup } from '../registry/deletion.ts'
import { equal, fieldsOf, type KubernetesObject } from '../object.ts'
import { resourcesOf, type CustomResourceDefinition } from '../schema/custom-definition.ts'
import type { Condition } from '../types.ts'
import { parseName, startController, type Context, type Controller } from './controller.ts'
import { withCondition } from './deployment-status.ts'
import { itself } from './replica-sets.ts'

const manager = 'kube-apiserver'

const established: Condition[] = [
  { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
]

/** Serves what CustomResourceDefinitions define, and clears their objects away before a definition goes. */
export function startDefinitions(context: Context): Controller {
  const { api } = context
  const definitions = api.resources.builtIn('customresourcedefinitions.apiextensions.k8s.io')
  const following = new Map<string, () => void>()

  async function establish(definition: CustomResourceDefinition): Promise<void> {
    const { metadata, spec, status } = definition
    const before = fieldsOf(status).conditions as Condition[] | undefined
    const conditions = established.reduce(withCondition, before ?? [])
    const storedVersions = spec.versions.filter(({ storage }) => storage).map(({ name }) => name)
    const next = { conditions, acceptedNames: spec.names, storedVersions }
    if (equal(next, status)) return
    const change = (live: KubernetesObject) => ({ ...live, status: next })
    await api.patch(definitions, metadata, change, { manager, subresource: 'status' })
  }

  /** The definition waits until the last of its objects is gone; their own finalizers still count. */
  async function cleanUp(definition: CustomResourceDefinition): Promise<void> {
    const { metadata } = definition
    const [resource] = resourcesOf(definition)
    const objects = resource ? api.store.list(resource.key) : []
    for (const object of objects) {
      if (resource && !object.metadata.deletionTimestamp) api.delete(resource, object.metadata)
    }
    if (resource && api.store.list(resource.key).length > 0) return follow(metadata.name, resource.key)
    const finalizers = (metadata.finalizers ?? []).filter((one) => one !== definitionCleanup)
    const change = (live: KubernetesObject) => ({ ...live, metadata: { ...live.metadata, finalizers } })
    await api.patch(definitions, metadata, change, { manager })
  }

  function follow(name: string, key: string): void {
    if (following.has(name)) return
    const unsubscribe = api.store.subscribe((event) => {
      if (event.key === key && event.type === 'DELETED') controller.enqueue(name)
    })
    following.set(name, unsubscribe)
  }

  const controller = startController(context, {
    watches: { [definitions.key]: itself },
    async reconcile(name) {
      const definition = api.store.get<CustomResourceDefinition>(definitions.key, parseName(name))
      if (!definition) {
        following.get(name)?.()
        following.delete(name)
        return undefined
      }
      if (definition.metadata.deletionTimestamp) await cleanUp(definition)
      else await establish(definition)
      return undefined
    },
  })
  // Served at once, by the write itself: a client that has its answer may use the resource.
  const unsubscribe = api.store.subscribe(({ key, type, object }) => {
    if (key !== definitions.key) return
    const served = type === 'DELETED' ? [] : resourcesOf(object as unknown as CustomResourceDefinition)
    api.resources.setCustom(object.metadata.name, served)
  })
  return {
    ...controller,
    async stop() {
      unsubscribe()
      for (const end of following.values()) end()
      await controller.stop()
    },
  }
}
