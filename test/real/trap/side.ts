import {
  ApiException,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from '@kubernetes/client-node'
import { until } from '../../support/wait.ts'
import type { Colour, TrapAws } from './aws.ts'
import { addressOf, podPort, type PodName } from './pods.ts'

/** Two clusters in one VPC, each with a load-balancer controller 2.4.5: real ones, or the sandbox's. */
export interface Side extends Readonly<Record<Colour, Cluster>> {
  readonly name: 'real' | 'simulated'
  readonly aws: TrapAws
  stop(): Promise<void>
}

export const namespace = 'shop'

type Loose = KubernetesObject & Record<string, any>

const metadata = (name: string) => ({ namespace, name })
const service = (name: string): Loose => ({ apiVersion: 'v1', kind: 'Service', metadata: metadata(name) })
const endpoints = (name: string): Loose => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: metadata(name) })
const binding = (name: string): Loose => ({
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  kind: 'TargetGroupBinding',
  metadata: metadata(name),
})

export function configOf(kubeconfig: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromString(kubeconfig)
  return config
}

/** The same steps for every cluster, all through its API. */
export class Cluster {
  readonly kubeconfig: string
  readonly api: KubernetesObjectApi
  #touches = 0

  constructor(kubeconfig: string) {
    this.kubeconfig = kubeconfig
    this.api = KubernetesObjectApi.makeApiClient(configOf(kubeconfig))
  }

  /** A Service without a selector, and the Endpoints that name the pods behind it. */
  async serve(name: string, pods: readonly PodName[]): Promise<void> {
    await this.api.create({ ...service(name), spec: { ports: [{ name: 'http', port: 80, targetPort: podPort }] } })
    await this.api.create({ ...endpoints(name), subsets: subsetsOf(pods) })
  }

  /** As one change, so that the controller sees pods come and go at once. */
  async setPods(name: string, pods: readonly PodName[]): Promise<void> {
    await this.#merge({ ...endpoints(name), subsets: subsetsOf(pods) })
  }

  async bind(name: string, targetGroupARN: string): Promise<void> {
    const serviceRef = { name, port: 'http' }
    await this.api.create<Loose>({ ...binding(name), spec: { serviceRef, targetGroupARN, targetType: 'ip' } })
  }

  /** What would become of a new binding's spec; nothing is written. */
  async tryToBind(name: string, spec: object): Promise<unknown> {
    const { spec: made } = await this.api.create<Loose>({ ...binding(name), spec }, undefined, 'All')
    return made
  }

  /** What would become of a binding's spec by a merge patch; nothing is written. */
  async tryToChange(name: string, spec: object): Promise<unknown> {
    const { spec: made } = await this.#merge({ ...binding(name), spec }, 'All')
    return made
  }

  /** Resolves when the controller has let the binding go. */
  async unbind(name: string): Promise<void> {
    await this.api.delete(binding(name))
    await until(`the binding ${name} is gone`, () => this.#isGone(binding(name)))
  }

  /** The Endpoints go with their Service, by the endpoints controller where there is one. */
  async unserve(name: string): Promise<void> {
    await this.api.delete(service(name))
    await this.api.delete(endpoints(name)).catch(ignoreMissing)
  }

  /** Makes the controller look at a binding again. Twice, because its first word may be of a look from before. */
  async touch(name: string): Promise<void> {
    for (const _ of ['first', 'second']) await this.#touch(name)
  }

  /** Resolves when one more success is counted. */
  async #touch(name: string): Promise<void> {
    const before = await this.#successes(name)
    const annotations = { 'test/touched': String((this.#touches += 1)) }
    await this.#merge({ ...binding(name), metadata: { ...metadata(name), annotations } })
    await until(`the binding ${name} is looked at again`, async () => (await this.#successes(name)) > before)
  }

  async #successes(name: string): Promise<number> {
    const { items } = (await this.api.list('v1', 'Event', namespace)) as { items: Loose[] }
    return items
      .filter(({ involvedObject, reason }) => involvedObject.name === name && reason === 'SuccessfullyReconciled')
      .reduce((sum, { count = 1 }) => sum + Number(count), 0)
  }

  async #isGone(object: Loose): Promise<boolean> {
    return this.api.read(object as any).then(
      () => false,
      (error) => ignoreMissing(error) ?? true,
    )
  }

  #merge(object: Loose, dryRun?: 'All'): Promise<Loose> {
    return this.api.patch(object, undefined, dryRun, undefined, undefined, PatchStrategy.MergePatch)
  }
}

function subsetsOf(pods: readonly PodName[]) {
  if (pods.length === 0) return []
  const reference = (name: PodName) => ({ ip: addressOf(name), targetRef: { kind: 'Pod', namespace, name } })
  return [{ addresses: pods.map(reference), ports: [{ name: 'http', port: podPort, protocol: 'TCP' }] }]
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof ApiException && error.code === 404)) throw error
}
