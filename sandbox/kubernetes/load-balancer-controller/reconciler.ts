import { createHash } from 'node:crypto'
import type { TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Context } from '../controllers/controller.ts'
import type { KubernetesObject, ObjectMeta } from '../object.ts'
import type { Resource, Subresource } from '../resource.ts'
import { BackendNotFound, backendsOf } from './backends.ts'
import { bindings, finalizer, type Abilities, type TargetGroupBinding } from './binding.ts'
import { TrackedTargets } from './multi-cluster.ts'
import { byId, idOf, isDraining, isMissingGroup, wordsOf, type Target, type TargetGroups } from './target-groups.ts'

/** The name that controller-runtime gives its writes. */
const manager = 'controller'
const component = 'targetGroupBinding'
const checkpoint = 'elbv2.k8s.aws/checkpoint'

const sha = (text: string): string => createHash('sha256').update(text).digest('base64url')

function checkpointOf(wanted: TargetDescription[], { spec }: TargetGroupBinding): string {
  return `${sha(wanted.map(idOf).sort().join(','))}/${sha(JSON.stringify(spec))}`
}

/**
 * What the controller does with one binding. It has the target group to itself, as it thinks: every target that is not
 * one of its Service's ready pods is deregistered, and that before any of its own is registered
 * (pkg/targetgroupbinding/resource_manager.go). Two clusters with bindings to one group so empty it of each other.
 */
export class BindingReconciler {
  readonly #context: Context
  readonly #abilities: Abilities
  readonly #groups: TargetGroups
  readonly #tracked: TrackedTargets

  constructor(context: Context, abilities: Abilities, groups: TargetGroups) {
    this.#context = context
    this.#abilities = abilities
    this.#groups = groups
    this.#tracked = new TrackedTargets(context.api, manager)
  }

  /** `skipped`: nothing has changed since the last success, so AWS was not asked. */
  async reconcile(binding: TargetGroupBinding): Promise<'done' | 'skipped'> {
    if (binding.metadata.deletionTimestamp) {
      await this.#end(binding)
      return 'done'
    }
    await this.#addFinalizer(binding)
    const outcome = await this.#bringInLine(binding)
    if (outcome === 'skipped') return outcome
    await this.#observe(binding)
    this.#record(binding, 'Normal', 'SuccessfullyReconciled', 'Successfully reconciled')
    return outcome
  }

  /** Makes a binding that is skipped be looked at in full once more. */
  async resetCheckpoint(binding: TargetGroupBinding): Promise<void> {
    await this.#setCheckpoint(binding, '')
  }

  async #bringInLine(binding: TargetGroupBinding): Promise<'done' | 'skipped'> {
    const arn = binding.spec.targetGroupARN
    const wanted = this.#wanted(binding)
    if (!wanted) {
      await this.#cleanUp(binding)
      return 'done'
    }
    const reached = checkpointOf(wanted, binding)
    const live = this.#context.api.store.get<TargetGroupBinding>(bindings, binding.metadata) ?? binding
    if (this.#abilities.checkpoints && live.metadata.annotations?.[checkpoint] === reached) return 'skipped'

    const targets = (await this.#groups.list(arn)).filter((target) => !isDraining(target))
    const wantedIds = new Set(wanted.map(idOf))
    const registered = new Set(targets.map(({ description }) => idOf(description)))
    const foreign = targets
      .filter(({ description }) => !wantedIds.has(idOf(description)))
      .sort((a, b) => byId(a.description, b.description))
    const missing = wanted.filter((target) => !registered.has(idOf(target))).sort(byId)
    if (foreign.length > 0 || missing.length > 0) await this.#setCheckpoint(binding, '')

    // The order is the controller's own: the group can be empty in between.
    await this.#deregister(binding, foreign)
    await this.#track(binding, wanted, foreign.length > 0 || missing.length > 0)
    if (missing.length > 0) await this.#groups.register(arn, missing)
    await this.#setCheckpoint(binding, reached)
    return 'done'
  }

  #wanted(binding: TargetGroupBinding): TargetDescription[] | undefined {
    try {
      return backendsOf(this.#context.api.store, binding)
    } catch (error) {
      if (!(error instanceof BackendNotFound)) throw error
      this.#record(binding, 'Warning', 'BackendNotFound', error.message)
      return undefined
    }
  }

  #shares({ spec }: TargetGroupBinding): boolean {
    return this.#abilities.multiCluster && spec.multiClusterTargetGroup === true
  }

  async #deregister(binding: TargetGroupBinding, targets: Target[]): Promise<void> {
    const own = this.#shares(binding) ? this.#tracked.own(binding, targets) : targets
    if (own.length > 0)
      await this.#groups.deregister(
        binding.spec.targetGroupARN,
        own.map(({ description }) => description),
      )
  }

  async #track(binding: TargetGroupBinding, wanted: TargetDescription[], changed: boolean): Promise<void> {
    if (this.#shares(binding) && (changed || !this.#tracked.known(binding))) await this.#tracked.write(binding, wanted)
  }

  async #end(binding: TargetGroupBinding): Promise<void> {
    if (!binding.metadata.finalizers?.includes(finalizer)) return
    try {
      await this.#cleanUp(binding)
    } catch (error) {
      this.#record(binding, 'Warning', 'FailedCleanup', `Failed cleanup due to ${wordsOf(error)}`)
      throw error
    }
    await this.#patch(binding, ({ finalizers = [] }) => ({ finalizers: finalizers.filter((one) => one !== finalizer) }))
  }

  /** Every target goes, the draining ones again; a group that is not there any more has none. */
  async #cleanUp(binding: TargetGroupBinding): Promise<void> {
    try {
      await this.#deregister(binding, await this.#groups.list(binding.spec.targetGroupARN))
    } catch (error) {
      if (!isMissingGroup(error)) throw error
    }
    if (this.#shares(binding)) this.#tracked.forget(binding)
  }

  async #addFinalizer(binding: TargetGroupBinding): Promise<void> {
    if (binding.metadata.finalizers?.includes(finalizer)) return
    await this.#patch(binding, ({ finalizers = [] }) => ({ finalizers: [...finalizers, finalizer] }))
  }

  async #observe({ metadata, status }: TargetGroupBinding): Promise<void> {
    if (status?.observedGeneration === metadata.generation) return
    const next = (live: KubernetesObject) => ({ ...live, status: { observedGeneration: metadata.generation } })
    await this.#write(metadata, next, 'status')
  }

  async #setCheckpoint({ metadata }: TargetGroupBinding, value: string): Promise<void> {
    if (!this.#abilities.checkpoints) return
    const live = this.#context.api.store.get<TargetGroupBinding>(bindings, metadata)
    if ((live?.metadata.annotations?.[checkpoint] ?? '') === value) return
    const times = { [`${checkpoint}-timestamp`]: String(Math.floor(Date.now() / 1000)) }
    await this.#patch({ metadata }, ({ annotations }) => ({
      annotations: { ...annotations, [checkpoint]: value, ...times },
    }))
  }

  async #patch(
    { metadata }: { metadata: ObjectMeta },
    change: (metadata: ObjectMeta) => Partial<ObjectMeta>,
  ): Promise<void> {
    await this.#write(metadata, (live) => ({ ...live, metadata: { ...live.metadata, ...change(live.metadata) } }))
  }

  async #write(
    name: ObjectMeta,
    next: (live: KubernetesObject) => KubernetesObject,
    subresource?: Subresource,
  ): Promise<void> {
    const resource = this.#resource()
    if (resource) await this.#context.api.patch(resource, name, next, { manager, ...(subresource && { subresource }) })
  }

  #resource(): Resource | undefined {
    return this.#context.api.resources.stored(bindings)
  }

  #record(binding: TargetGroupBinding, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.record(binding, { type, reason, message, component })
  }
}
