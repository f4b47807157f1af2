import type { AddressBook } from '../../network/addresses.ts'
import { parseName, startController, type Context, type Controller } from '../controllers/controller.ts'
import { itself } from '../controllers/replica-sets.ts'
import { equal, nameOf, type KubernetesObject } from '../object.ts'
import { StatusError } from '../status-error.ts'
import type { Node, Pod } from '../types.ts'
import type { VpcAddresses } from './addresses.ts'
import type { Program } from './container-server.ts'
import type { PodFault } from './faults.ts'
import { podStatus } from './pod-status.ts'
import { RunningPod } from './running-pod.ts'

const manager = 'kubelet'

/** Seconds from the start of a pod to its containers serving: image, network, process. */
const startSeconds = 3

export interface KubeletOptions {
  colour: string
  addresses: AddressBook
  vpc: VpcAddresses
  faultOf: (workload: string) => PodFault | undefined
  /** undefined: containers of the image say who they are. */
  programOf: (image: string) => Program | undefined
}

/** A pod that this kubelet runs, and what is about to happen to it. */
interface Sandbox {
  running: RunningPod
  /** The containers run, and the pod is ready. */
  started: boolean
  /** Set when the pod ends: its grace period in seconds. */
  ending?: number
  /** Calls off the start or the end that is planned. */
  cancel?: () => void
}

const zoneLabel = 'topology.kubernetes.io/zone'

/** Runs the pods of every node: starts their servers, watches over their readiness, ends them with grace. */
export class Kubelet {
  readonly #context: Context
  readonly #options: KubeletOptions
  readonly #controller: Controller
  /** By the pod's uid. */
  readonly #sandboxes = new Map<string, Sandbox>()
  /** The uid of the pod that runs under a name. */
  readonly #names = new Map<string, string>()

  constructor(context: Context, options: KubeletOptions) {
    this.#context = context
    this.#options = options
    this.#controller = startController(context, {
      watches: { '/pods': itself },
      reconcile: (key) => this.#reconcile(key),
    })
  }

  /** The pods that run, whatever their state. */
  running(): { pod: Pod; running: RunningPod; ready: boolean }[] {
    return this.#context.api.store.list<Pod>('/pods').flatMap((pod) => {
      const sandbox = this.#sandboxes.get(pod.metadata.uid)
      return sandbox ? [{ pod, running: sandbox.running, ready: sandbox.started && sandbox.ending === undefined }] : []
    })
  }

  /** A fault came or went: looks at every pod of the workload again. Resolves when their servers are as they should be. */
  async faultChanged(workload: string | undefined): Promise<void> {
    const concerned = this.running().filter(({ running }) => workload === undefined || running.workload === workload)
    await Promise.all(concerned.map(({ pod }) => this.#settle(pod)))
  }

  async stop(): Promise<void> {
    await this.#controller.stop()
    const sandboxes = [...this.#sandboxes.values()]
    this.#sandboxes.clear()
    for (const { cancel } of sandboxes) cancel?.()
    await Promise.all(sandboxes.map(({ running }) => running.kill()))
  }

  async #reconcile(key: string): Promise<undefined> {
    const pod = this.#context.api.store.get<Pod>('/pods', parseName(key))
    await this.#removeOthers(key, pod?.metadata.uid)
    if (!pod?.spec.nodeName) return undefined
    if (!pod.metadata.deletionTimestamp) await this.#start(pod)
    else this.#end(pod)
    return undefined
  }

  /** Pods of that name that were deleted without grace: killed where they stand. */
  async #removeOthers(key: string, uid: string | undefined): Promise<void> {
    const known = this.#names.get(key)
    if (known === undefined || known === uid) return
    this.#names.delete(key)
    const sandbox = this.#sandboxes.get(known)
    this.#sandboxes.delete(known)
    if (!sandbox) return
    sandbox.cancel?.()
    await sandbox.running.kill()
    this.#options.vpc.release(sandbox.running.ip)
  }

  async #start(pod: Pod): Promise<void> {
    const { uid } = pod.metadata
    if (this.#sandboxes.has(uid)) return
    const { colour, addresses, vpc, faultOf, programOf } = this.#options
    const running = new RunningPod(pod, vpc.take(this.#zoneOf(pod)), colour, addresses, faultOf, programOf)
    this.#sandboxes.set(uid, { running, started: false })
    this.#names.set(nameOf(pod.metadata), uid)
    await this.#settle(pod)
  }

  /** Brings the pod's servers in line with the fault in force. */
  async #settle(pod: Pod): Promise<void> {
    const sandbox = this.#sandboxes.get(pod.metadata.uid)
    if (!sandbox || sandbox.ending !== undefined) return
    if (this.#isGone(sandbox)) await this.#crash(sandbox)
    else if (!sandbox.started && !sandbox.cancel) this.#planStart(pod, sandbox)
    await this.#writeStatus(pod, sandbox)
  }

  #isGone({ running }: Sandbox): boolean {
    return this.#options.faultOf(running.workload)?.state === 'gone'
  }

  #planStart(pod: Pod, sandbox: Sandbox): void {
    sandbox.cancel = this.#context.clock.after(startSeconds, () => {
      delete sandbox.cancel
      void this.#serve(pod, sandbox)
    })
  }

  async #crash(sandbox: Sandbox): Promise<void> {
    sandbox.cancel?.()
    delete sandbox.cancel
    if (sandbox.started) sandbox.running.restarts++
    sandbox.started = false
    await sandbox.running.kill()
  }

  async #serve(pod: Pod, sandbox: Sandbox): Promise<void> {
    if (!sandbox.running.listening) await sandbox.running.listen()
    // The pod may have been killed while its ports opened.
    if (this.#sandboxes.get(pod.metadata.uid) !== sandbox) return sandbox.running.kill()
    sandbox.started = true
    const occurrence = {
      type: 'Normal',
      reason: 'Started',
      message: 'Started containers',
      component: 'kubelet',
    } as const
    this.#context.events.record(pod, occurrence)
    await this.#settle(pod)
  }

  /**
   * The end of a pod. It serves for its whole grace period although it is no longer an endpoint: load balancers learn
   * of it late, and until then they send requests here.
   */
  #end(pod: Pod): void {
    const sandbox = this.#sandboxes.get(pod.metadata.uid)
    if (!sandbox) return this.#forget(pod)
    const grace = pod.metadata.deletionGracePeriodSeconds ?? 0
    // A second deletion can only shorten it.
    if (grace >= (sandbox.ending ?? Infinity)) return
    if (sandbox.ending === undefined) {
      const message = `Stopping containers ${pod.spec.containers.map(({ name }) => name).join(', ')}`
      this.#context.events.record(pod, { type: 'Normal', reason: 'Killing', message, component: 'kubelet' })
    }
    sandbox.ending = grace
    sandbox.cancel?.()
    sandbox.cancel = this.#context.clock.after(grace, () => {
      void sandbox.running.close().then(() => this.#forget(pod))
    })
  }

  /** The pod has ended, so its object goes; the change that this makes gives its address back. */
  #forget({ metadata }: Pod): void {
    const { api } = this.#context
    const live = api.store.get('/pods', metadata)
    if (live?.metadata.uid === metadata.uid)
      api.delete(api.resources.builtIn('pods'), metadata, { gracePeriodSeconds: 0 })
  }

  async #writeStatus({ metadata }: Pod, sandbox: Sandbox): Promise<void> {
    const { api } = this.#context
    const live = api.store.get<Pod>('/pods', metadata)
    if (live?.metadata.uid !== metadata.uid) return
    const { started, running } = sandbox
    const crashing = !started && this.#isGone(sandbox)
    const hostIp = this.#nodeOf(live)?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
    const seen = { ip: running.ip, ...(hostIp && { hostIp }), started, crashing, restarts: running.restarts }
    const status = podStatus(live, seen)
    if (equal(status, live.status)) return
    const change = (object: KubernetesObject) => ({ ...object, status })
    await api
      .patch(api.resources.builtIn('pods'), metadata, change, { manager, subresource: 'status' })
      .catch((error: unknown) => {
        if (!(error instanceof StatusError && error.code === 404)) throw error
      })
  }

  #nodeOf({ spec }: Pod): Node | undefined {
    return spec.nodeName ? this.#context.api.store.get<Node>('/nodes', { name: spec.nodeName }) : undefined
  }

  #zoneOf(pod: Pod): string {
    return this.#nodeOf(pod)?.metadata.labels?.[zoneLabel] ?? ''
  }
}
