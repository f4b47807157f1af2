import type { Context } from './controllers/controller.ts'
import { nodeName, registerNode, type NodeOptions } from './nodes.ts'
import type { Pod } from './types.ts'

/** The machines that are a cluster's nodes, as they come and go. */
export interface NodeSource {
  running(): readonly NodeOptions[]
  /** Calls back after every change; answers how to end that. */
  follow(onChange: () => void): () => void
}

/** AWS seconds from a running instance to its node: the machine boots and its kubelet registers. No published figure. */
const joinSeconds = 30

/**
 * Nodes for the machines that run. A machine that stops running takes its node and its pods with it at once, where a real
 * cluster sees a node that is not ready first and gives its pods five minutes.
 */
export function startJoiningNodes(
  context: Context,
  source: NodeSource,
  cluster: { version: string; region: string },
): () => void {
  const { api, clock } = context
  /** By instance id: what calls off its joining. */
  const known = new Map<string, { node: NodeOptions; cancel: () => void }>()

  const join = (node: NodeOptions) => {
    const cancel = clock.after(joinSeconds, () => void registerNode(api, node, cluster))
    known.set(node.instanceId, { node, cancel })
  }
  const leave = ({ node, cancel }: { node: NodeOptions; cancel: () => void }) => {
    cancel()
    known.delete(node.instanceId)
    const name = nodeName(node.ip, cluster.region)
    if (api.store.get('/nodes', { name })) api.delete(api.resources.builtIn('nodes'), { name })
    const [pods, lost] = [api.resources.builtIn('pods'), api.store.list<Pod>('/pods')]
    for (const { metadata, spec } of lost) {
      if (spec.nodeName === name) api.delete(pods, metadata, { gracePeriodSeconds: 0 })
    }
  }
  const follow = () => {
    const running = source.running()
    for (const one of [...known.values()]) {
      if (!running.some(({ instanceId }) => instanceId === one.node.instanceId)) leave(one)
    }
    for (const node of running) if (!known.has(node.instanceId)) join(node)
  }

  const unfollow = source.follow(follow)
  follow()
  return () => {
    unfollow()
    for (const { cancel } of known.values()) cancel()
  }
}
