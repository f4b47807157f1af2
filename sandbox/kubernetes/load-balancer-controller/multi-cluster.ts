import type { Api } from '../registry/api.ts'
import { fieldsOf } from '../object.ts'
import type { TargetGroupBinding } from './binding.ts'
import { idOf, type Target } from './target-groups.ts'
import type { TargetDescription } from '@aws-sdk/client-elastic-load-balancing-v2'

const configMaps = '/configmaps'

/**
 * Which targets of a shared group are this cluster's own, in a ConfigMap `aws-lbc-targets-<binding>`
 * (pkg/targetgroupbinding/multicluster_manager.go). Only for bindings with `multiClusterTargetGroup`.
 */
export class TrackedTargets {
  readonly #api: Api
  readonly #manager: string

  constructor(api: Api, manager: string) {
    this.#api = api
    this.#manager = manager
  }

  /** The targets that this cluster may deregister; none, while it has not yet written down which are its own. */
  own(binding: TargetGroupBinding, targets: Target[]): Target[] {
    const tracked = this.#read(binding)
    return tracked ? targets.filter(({ description }) => tracked.has(idOf(description))) : []
  }

  /** Written before targets are registered, so that none is ever registered and forgotten. */
  async write(binding: TargetGroupBinding, wanted: TargetDescription[]): Promise<void> {
    const resource = this.#api.resources.builtIn('configmaps')
    const { namespace, name } = this.#nameOf(binding)
    const data = { targets: wanted.map(idOf).sort().join(',') }
    const options = { manager: this.#manager }
    if (!this.#api.store.get(configMaps, { namespace, name })) {
      await this.#api.create(resource, { metadata: { name, namespace }, data }, { namespace }, options)
    } else await this.#api.patch(resource, { namespace, name }, (live) => ({ ...live, data }), options)
  }

  forget(binding: TargetGroupBinding): void {
    const name = this.#nameOf(binding)
    if (this.#api.store.get(configMaps, name)) this.#api.delete(this.#api.resources.builtIn('configmaps'), name)
  }

  known(binding: TargetGroupBinding): boolean {
    return this.#read(binding) !== undefined
  }

  #read(binding: TargetGroupBinding): Set<string> | undefined {
    const map = this.#api.store.get(configMaps, this.#nameOf(binding))
    const { targets } = fieldsOf(map?.data)
    return typeof targets === 'string' ? new Set(targets.split(',').filter(Boolean)) : undefined
  }

  #nameOf({ metadata }: TargetGroupBinding) {
    return { namespace: metadata.namespace, name: `aws-lbc-targets-${metadata.name}` }
  }
}
