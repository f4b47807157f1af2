import { createHash } from 'node:crypto'
import { controllerOf, equal, type KubernetesObject } from '../object.ts'
import type { StoreEvent } from '../store/store.ts'
import type { Deployment, PodTemplate, ReplicaSet } from '../types.ts'
import { parseName, startController, type Context, type Controller } from './controller.ts'
import { statusOf } from './deployment-status.ts'
import { itself, ownersOf, podsOf } from './replica-sets.ts'
import { bounds, newSetSize, oldSetSizes } from './rollout.ts'

const manager = 'kube-controller-manager'
const component = 'deployment-controller'
const hashLabel = 'pod-template-hash'
const revisionAnnotation = 'deployment.kubernetes.io/revision'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Ten letters and digits that stand for a template; no vowels, so that they spell nothing. */
function hashOf(template: PodTemplate): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest()
  return [...digest.subarray(0, 10)].map((byte) => 'bcdfghjklmnpqrstvwxz2456789'[byte % 27]).join('')
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revisionAnnotation] ?? 0)

class Rollout {
  readonly #context: Context
  readonly #deployment: Deployment

  constructor(context: Context, deployment: Deployment) {
    this.#context = context
    this.#deployment = deployment
  }

  get #sets(): ReplicaSet[] {
    const { namespace, uid } = this.#deployment.metadata
    const all = this.#context.api.store.list<ReplicaSet>('apps/replicasets', namespace)
    return all.filter((set) => controllerOf(set)?.uid === uid)
  }

  get #current(): ReplicaSet | undefined {
    const wanted = withoutHash(this.#deployment.spec.template)
    return this.#sets.find(({ spec }) => equal(withoutHash(spec.template), wanted))
  }

  /** One step; the changes of ReplicaSets that it causes bring the next. */
  async step(): Promise<number | undefined> {
    const { spec, metadata } = this.#deployment
    if (!metadata.deletionTimestamp) {
      if (!spec.paused) await this.#adoptTemplate()
      await this.#resize()
      await this.#forgetOldSets()
    }
    return this.#writeStatus()
  }

  /** There is a ReplicaSet of the template, and it bears the highest revision. */
  async #adoptTemplate(): Promise<void> {
    const { api } = this.#context
    const current = this.#current
    const others = this.#sets.filter((set) => set !== current)
    const newest = Math.max(0, ...others.map(revisionOf))
    const revision = String(current && revisionOf(current) > newest ? revisionOf(current) : newest + 1)
    if (!current) await this.#createSet(revision)
    else if (current.metadata.annotations?.[revisionAnnotation] !== revision)
      await this.#annotate('replicasets.apps', current, revision)
    const live = api.store.get<Deployment>('apps/deployments', this.#deployment.metadata)
    if (live && live.metadata.annotations?.[revisionAnnotation] !== revision)
      await this.#annotate('deployments.apps', live, revision)
  }

  async #annotate(plural: string, { metadata }: KubernetesObject<unknown>, revision: string): Promise<void> {
    const { api } = this.#context
    const change = (live: KubernetesObject) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, [revisionAnnotation]: revision } },
    })
    await api.patch(api.resources.builtIn(plural), metadata, change, { manager })
  }

  async #createSet(revision: string): Promise<void> {
    const { api } = this.#context
    const { metadata, spec } = this.#deployment
    const { [lastApplied]: _, ...annotations } = metadata.annotations ?? {}
    const hash = hashOf(spec.template)
    const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash }
    const body = {
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace,
        labels,
        annotations: { ...annotations, [revisionAnnotation]: revision },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: metadata.name,
            uid: metadata.uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        replicas: 0,
        minReadySeconds: spec.minReadySeconds,
        selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    }
    await api.create(api.resources.builtIn('replicasets.apps'), body, { namespace: metadata.namespace }, { manager })
  }

  async #resize(): Promise<void> {
    const current = this.#current
    const old = this.#sets.filter((set) => set !== current)
    const oldPods = old.flatMap((set) => podsOf(this.#context.api, set)).length
    if (!current) return
    await this.#scale(current, newSetSize(this.#deployment, current, old, oldPods))
    const grown = this.#current ?? current
    for (const [set, size] of oldSetSizes(this.#deployment, grown, old)) await this.#scale(set, size)
  }

  async #scale(set: ReplicaSet, replicas: number): Promise<void> {
    const { api, events } = this.#context
    const before = set.spec.replicas ?? 0
    if (before === replicas) return
    const change = (live: KubernetesObject) => ({
      ...live,
      spec: { ...(live as unknown as ReplicaSet).spec, replicas },
    })
    await api.patch(api.resources.builtIn('replicasets.apps'), set.metadata, change, { manager })
    const message = `Scaled ${replicas > before ? 'up' : 'down'} replica set ${set.metadata.name} to ${replicas}`
    events.record(this.#deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component })
  }

  async #forgetOldSets(): Promise<void> {
    const { api } = this.#context
    const current = this.#current
    const idle = this.#sets.filter((set) => set !== current && !set.spec.replicas && !set.status?.replicas)
    const kept = this.#deployment.spec.revisionHistoryLimit ?? 10
    const old = idle.toSorted((a, b) => revisionOf(b) - revisionOf(a)).slice(kept)
    for (const set of old) api.delete(api.resources.builtIn('replicasets.apps'), set.metadata)
  }

  /** Returns after how long to look for a missed deadline. */
  async #writeStatus(): Promise<number | undefined> {
    const { api, clock } = this.#context
    const live = api.store.get<Deployment>('apps/deployments', this.#deployment.metadata)
    if (!live) return undefined
    const deadline = live.spec.progressDeadlineSeconds ?? 600
    const progressing = live.status?.conditions?.find(({ type }) => type === 'Progressing')
    const idleMs = progressing?.lastUpdateTime ? Date.now() - Date.parse(progressing.lastUpdateTime) : 0
    const complete = progressing?.reason === 'NewReplicaSetAvailable'
    const status = statusOf(live, this.#current, this.#sets, !complete && idleMs > clock.ms(deadline))
    if (!equal(status, live.status)) {
      const change = (object: KubernetesObject) => ({ ...object, status })
      await api.patch(api.resources.builtIn('deployments.apps'), live.metadata, change, {
        manager,
        subresource: 'status',
      })
    }
    const { desired } = bounds(live)
    return status.updatedReplicas === desired && status.availableReplicas === desired ? undefined : deadline
  }
}

/** A pod that is gone at last matters to a Deployment that recreates: its ReplicaSet stopped counting the pod before. */
function ofGonePod({ api }: Context) {
  return (event: StoreEvent): string[] => {
    const owner = event.type === 'DELETED' ? controllerOf(event.object) : undefined
    const set =
      owner && api.store.get('apps/replicasets', { namespace: event.object.metadata.namespace, name: owner.name })
    return set ? ownersOf('Deployment')({ ...event, object: set }) : []
  }
}

/** Rolls a Deployment's template out over ReplicaSets. */
export function startDeployments(context: Context): Controller {
  const { api } = context
  return startController(context, {
    watches: {
      'apps/deployments': itself,
      'apps/replicasets': ownersOf('Deployment'),
      '/pods': ofGonePod(context),
    },
    async reconcile(key) {
      const deployment = api.store.get<Deployment>('apps/deployments', parseName(key))
      return deployment && new Rollout(context, deployment).step()
    },
  })
}
