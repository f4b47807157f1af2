import { foreground, orphan } from '../registry/deletion.ts'
import type { KubernetesObject, OwnerReference } from '../object.ts'
import { StatusError } from '../status-error.ts'
import type { StoreEvent } from '../store/store.ts'
import { startController, type Context, type Controller } from './controller.ts'

const manager = 'kube-controller-manager'

interface Stored {
  key: string
  object: KubernetesObject
}

/**
 * Deletes what belonged to something that is gone, and carries out deletions that wait for their dependents
 * (foreground) or leave them behind (orphan). Its keys are uids of owners.
 */
export function startGarbageCollector(context: Context): Controller {
  const { api } = context

  const dependentsOf = (uid: string): Stored[] =>
    api.store.all().filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid))
  const withUid = (uid: string): Stored | undefined => api.store.all().find(({ object }) => object.metadata.uid === uid)
  const isGone = ({ uid }: OwnerReference): boolean => withUid(uid) === undefined

  function remove({ key, object }: Stored, propagationPolicy: 'Background' | 'Foreground'): void {
    const resource = api.resources.stored(key)
    if (resource && !object.metadata.deletionTimestamp) api.delete(resource, object.metadata, { propagationPolicy })
  }

  async function change({ key, object }: Stored, metadata: Partial<KubernetesObject['metadata']>): Promise<void> {
    const resource = api.resources.stored(key)
    if (!resource) return
    const next = (live: KubernetesObject) => ({ ...live, metadata: { ...live.metadata, ...metadata } })
    await api.patch(resource, object.metadata, next, { manager }).catch((error: unknown) => {
      if (!(error instanceof StatusError && error.code === 404)) throw error
    })
  }

  const dropFinalizer = (stored: Stored, finalizer: string) =>
    change(stored, { finalizers: (stored.object.metadata.finalizers ?? []).filter((one) => one !== finalizer) })

  async function release(owner: Stored): Promise<void> {
    for (const dependent of dependentsOf(owner.object.metadata.uid)) {
      const ownerReferences = dependent.object.metadata.ownerReferences?.filter(
        ({ uid }) => uid !== owner.object.metadata.uid,
      )
      await change(dependent, { ownerReferences: ownerReferences ?? [] })
    }
    await dropFinalizer(owner, orphan)
  }

  async function removeWithDependents(owner: Stored): Promise<void> {
    const { uid } = owner.object.metadata
    for (const dependent of dependentsOf(uid)) remove(dependent, 'Foreground')
    const blocks = ({ object }: Stored) =>
      object.metadata.ownerReferences?.some((one) => one.uid === uid && one.blockOwnerDeletion)
    if (!dependentsOf(uid).some(blocks)) await dropFinalizer(owner, foreground)
  }

  async function reconcile(uid: string): Promise<undefined> {
    const owner = withUid(uid)
    if (!owner) {
      for (const dependent of dependentsOf(uid)) {
        if (dependent.object.metadata.ownerReferences?.every(isGone)) remove(dependent, 'Background')
      }
    } else if (owner.object.metadata.deletionTimestamp) {
      const { finalizers = [] } = owner.object.metadata
      if (finalizers.includes(orphan)) await release(owner)
      else if (finalizers.includes(foreground)) await removeWithDependents(owner)
    }
    return undefined
  }

  const controller = startController(context, { watches: {}, reconcile })
  /** An owner that went or is going, and the owners of something that came (they may be gone already) or went (they may wait for it). */
  const unsubscribe = api.store.subscribe(({ type, object }: StoreEvent) => {
    const { uid, deletionTimestamp, ownerReferences = [] } = object.metadata
    if (type === 'DELETED' || deletionTimestamp) controller.enqueue(uid)
    if (type !== 'MODIFIED') ownerReferences.forEach((owner) => controller.enqueue(owner.uid))
  })
  return {
    ...controller,
    async stop() {
      unsubscribe()
      await controller.stop()
    },
  }
}
