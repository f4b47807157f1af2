import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from './connection.ts'
import { targetGroupBindings } from './reads.ts'

/** How long a controller may take to deregister the targets of a binding that goes. Milliseconds. */
const finalizingMs = 30_000

/**
 * Deletes a TargetGroupBinding and waits until it is gone. Throws ClusterUnreachable, and an error when no controller removes its
 * finalizer.
 */
export async function removeBinding(kubeconfig: string, namespace: string, name: string): Promise<void> {
  const ask = createConnection(kubeconfig)
  const binding = { ...targetGroupBindings, namespace, name }
  const isThere = () =>
    ask(({ objects }, bounded) => objects.getNamespacedCustomObject(binding, bounded).then(() => true), false)
  await ask(({ objects }, bounded) => objects.deleteNamespacedCustomObject(binding, bounded).then(() => null), null)
  const deadline = Date.now() + finalizingMs
  while (await isThere()) {
    if (Date.now() > deadline) {
      throw new Error(`the TargetGroupBinding ${namespace}/${name} does not go: no controller removes its finalizer`)
    }
    await sleep(200)
  }
}
