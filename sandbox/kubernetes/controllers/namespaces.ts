import { fieldsOf, nameOf, type KubernetesObject } from '../object.ts'
import type { StoreEvent } from '../store/store.ts'
import { parseName, startController, type Context, type Controller } from './controller.ts'
import { itself } from './replica-sets.ts'

const manager = 'kube-controller-manager'

/** Everything in a namespace, pods last, so that what made them does not make them again. */
function contentOf({ api }: Context, namespace: string): { key: string; object: KubernetesObject }[] {
  const found = api.store.all().filter(({ object }) => object.metadata.namespace === namespace)
  return found.sort((a, b) => Number(a.key === '/pods') - Number(b.key === '/pods'))
}

/** Empties namespaces that are being deleted and lets them go; gives new ones what every namespace has. */
export function startNamespaces(context: Context, ca: string): Controller {
  const { api } = context
  const namespaces = api.resources.builtIn('namespaces')

  async function furnish(namespace: string): Promise<void> {
    const wanted = [
      { resource: api.resources.builtIn('serviceaccounts'), name: 'default', content: {} },
      { resource: api.resources.builtIn('configmaps'), name: 'kube-root-ca.crt', content: { data: { 'ca.crt': ca } } },
    ]
    for (const { resource, name, content } of wanted) {
      if (api.store.get(resource.key, { namespace, name })) continue
      await api.create(resource, { metadata: { name, namespace }, ...content }, { namespace }, { manager })
    }
  }

  function empty(namespace: string): void {
    const content = contentOf(context, namespace)
    for (const { key, object } of content) {
      const resource = api.resources.stored(key)
      if (resource && !object.metadata.deletionTimestamp) api.delete(resource, object.metadata)
    }
    if (contentOf(context, namespace).length === 0) api.finalizeNamespace(namespace)
  }

  return startController(context, {
    watches: Object.fromEntries([[namespaces.key, itself]]),
    async reconcile(key) {
      const namespace = api.store.get(namespaces.key, parseName(key))
      if (!namespace) return undefined
      if (!namespace.metadata.deletionTimestamp) await furnish(key)
      else if ((fieldsOf(namespace.spec).finalizers as string[] | undefined)?.length) empty(key)
      return undefined
    },
  })
}

/** Tells the namespace controller when something has left a namespace that is being deleted. */
export function followDeletions(context: Context, controller: Controller): () => void {
  return context.api.store.subscribe(({ type, object }: StoreEvent) => {
    const { namespace } = object.metadata
    if (type !== 'DELETED' || namespace === undefined) return
    const found = context.api.store.get('/namespaces', { name: namespace })
    if (found?.metadata.deletionTimestamp) controller.enqueue(nameOf({ name: namespace }))
  })
}
