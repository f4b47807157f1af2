import { controllerOf, equal, nameOf, type KubernetesObject } from '../object.ts'
import type { StoreEvent } from '../store/store.ts'
import type { Pod, ReplicaSet } from '../types.ts'
import { parseName, startController, type Context, type Controller } from './controller.ts'

const manager = 'kube-controller-manager'
const component = 'replicaset-controller'

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** Seconds of AWS until a ready pod counts as available; 0 when it does. */
function untilAvailable(pod: Pod, minReadySeconds: number, scale: number): number {
  const since = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime
  if (!since || minReadySeconds === 0) return 0
  return Math.max(0, minReadySeconds - ((Date.now() - Date.parse(since)) / 1000) * scale)
}

/** The keys of the objects of one kind that a change of something they own concerns. */
export function ownersOf(kind: string): (event: StoreEvent) => string[] {
  return ({ object }) => {
    const owner = controllerOf(object)
    return owner?.kind === kind ? [nameOf({ namespace: object.metadata.namespace, name: owner.name })] : []
  }
}

export const itself = ({ object }: StoreEvent): string[] => [nameOf(object.metadata)]

export function podsOf(api: Context['api'], { metadata }: ReplicaSet): Pod[] {
  return api.store.list<Pod>('/pods', metadata.namespace).filter((pod) => controllerOf(pod)?.uid === metadata.uid)
}

/** Which pods go first when there are too many: those that serve nobody, then the youngest. */
function byWorth(a: Pod, b: Pod): number {
  const worth = (pod: Pod) =>
    [pod.spec.nodeName ? 1 : 0, isReady(pod) ? 1 : 0, -Date.parse(pod.metadata.creationTimestamp)] as const
  const [left, right] = [worth(a), worth(b)]
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
}

/** Keeps as many pods of a template as a ReplicaSet asks for. */
export function startReplicaSets(context: Context): Controller {
  const { api, clock, events } = context
  const [sets, pods] = [api.resources.builtIn('replicasets.apps'), api.resources.builtIn('pods')]

  async function createPod(set: ReplicaSet): Promise<void> {
    const { metadata, spec } = set
    const pod = await api.create(
      pods,
      {
        metadata: {
          ...spec.template.metadata,
          generateName: `${metadata.name}-`,
          namespace: metadata.namespace,
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'ReplicaSet',
              name: metadata.name,
              uid: metadata.uid,
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: spec.template.spec,
      },
      { namespace: metadata.namespace },
      { manager },
    )
    events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
      component,
    })
  }

  function deletePod(set: ReplicaSet, pod: Pod): void {
    api.delete(pods, pod.metadata)
    events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
      component,
    })
  }

  async function writeStatus(set: ReplicaSet, active: Pod[]): Promise<number | undefined> {
    const ready = active.filter(isReady)
    const waits = ready.map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, clock.scale))
    const count = (name: string, value: number) => (value > 0 ? { [name]: value } : {})
    const status = {
      replicas: active.length,
      ...count('fullyLabeledReplicas', active.length),
      ...count('readyReplicas', ready.length),
      ...count('availableReplicas', waits.filter((wait) => wait === 0).length),
      observedGeneration: set.metadata.generation,
    }
    if (!equal(set.status, status)) {
      const change = (live: KubernetesObject) => ({ ...live, status })
      await api.patch(sets, set.metadata, change, { manager, subresource: 'status' })
    }
    const later = waits.filter((wait) => wait > 0)
    return later.length > 0 ? Math.min(...later) : undefined
  }

  return startController(context, {
    watches: { [sets.key]: itself, [pods.key]: ownersOf('ReplicaSet') },
    async reconcile(key) {
      const set = api.store.get<ReplicaSet>(sets.key, parseName(key))
      if (!set) return undefined
      const active = podsOf(api, set).filter(({ metadata }) => !metadata.deletionTimestamp)
      const missing = (set.spec.replicas ?? 1) - active.length
      if (!set.metadata.deletionTimestamp) {
        for (let made = 0; made < missing; made++) await createPod(set)
        for (const pod of active.toSorted(byWorth).slice(0, Math.max(0, -missing))) deletePod(set, pod)
      }
      return writeStatus(
        set,
        podsOf(api, set).filter(({ metadata }) => !metadata.deletionTimestamp),
      )
    },
  })
}
