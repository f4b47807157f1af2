import { parseName, startController, type Context, type Controller } from '../controllers/controller.ts'
import { itself } from '../controllers/replica-sets.ts'
import { nameOf, type KubernetesObject } from '../object.ts'
import type { Node, Pod } from '../types.ts'

const manager = 'kube-scheduler'

/** Puts each pod onto the node with the fewest. Resources, taints and affinities are not looked at. */
export function startScheduler(context: Context): Controller {
  const { api, events } = context
  const pods = api.resources.builtIn('pods')

  function pick(): Node | undefined {
    const all = api.store.list<Pod>(pods.key)
    const load = ({ metadata }: Node) => all.filter(({ spec }) => spec.nodeName === metadata.name).length
    const usable = api.store.list<Node>('/nodes').filter(({ spec }) => !spec.unschedulable)
    return usable.toSorted((a, b) => load(a) - load(b))[0]
  }

  return startController(context, {
    watches: { [pods.key]: itself },
    async reconcile(key) {
      const pod = api.store.get<Pod>(pods.key, parseName(key))
      if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp) return undefined
      const node = pick()
      if (!node) {
        events.record(pod, {
          type: 'Warning',
          reason: 'FailedScheduling',
          message: '0/0 nodes are available',
          component: 'default-scheduler',
        })
        return 10
      }
      const bind = (live: KubernetesObject) => ({
        ...live,
        spec: { ...(live as unknown as Pod).spec, nodeName: node.metadata.name },
      })
      await api.patch(pods, pod.metadata, bind, { manager })
      const message = `Successfully assigned ${nameOf(pod.metadata)} to ${node.metadata.name}`
      events.record(pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' })
      return undefined
    },
  })
}
