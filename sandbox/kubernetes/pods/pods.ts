import type { PodFault, PodState } from './faults.ts'
import type { Kubelet } from './kubelet.ts'
import type { PodPort } from './running-pod.ts'

interface PodView {
  namespace: string
  name: string
  workload: string
  ip: string
  ports: PodPort[]
  ready: boolean
  state: PodState | 'running'
}

/** Control over a cluster's pods from outside Kubernetes: what tests and the demo do to them. */
export interface Pods {
  /** Puts a workload's pods into a state, those to come as well, until it is cleared. Resolves when it is so. */
  set(fault: PodFault): Promise<void>
  /** Back to normal: one workload, or all. */
  clear(workload?: string): Promise<void>
  faults(): PodFault[]
  list(): PodView[]
}

export class PodFaults {
  readonly #faults = new Map<string, PodFault>()

  of(workload: string): PodFault | undefined {
    return this.#faults.get(workload)
  }

  control(kubelet: Kubelet): Pods {
    const faults = this.#faults
    return {
      async set(fault) {
        faults.set(fault.workload, { ...fault })
        await kubelet.faultChanged(fault.workload)
      },
      async clear(workload) {
        if (workload === undefined) faults.clear()
        else faults.delete(workload)
        await kubelet.faultChanged(workload)
      },
      faults: () => [...faults.values()],
      list: () =>
        kubelet.running().map(({ pod, running, ready }) => ({
          namespace: pod.metadata.namespace ?? '',
          name: pod.metadata.name,
          workload: running.workload,
          ip: running.ip,
          ports: running.ports,
          ready,
          state: faults.get(running.workload)?.state ?? 'running',
        })),
    }
  }
}
