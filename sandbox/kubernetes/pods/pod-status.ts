import { timestamp } from '../object.ts'
import type { Condition, ContainerStatus, Pod } from '../types.ts'

/** What the kubelet knows of a pod when it writes its status. */
export interface Seen {
  ip?: string
  hostIp?: string
  /** The containers run; that is all it takes to be ready. */
  started: boolean
  /** The containers ended and are started again and again. */
  crashing: boolean
  restarts: number
}

function condition(
  before: Condition[] | undefined,
  type: string,
  holds: boolean,
  reason: string,
  message: string,
): Condition {
  const status = holds ? 'True' : 'False'
  const old = before?.find((one) => one.type === type)
  const lastTransitionTime = (old?.status === status ? old.lastTransitionTime : undefined) ?? timestamp()
  return { type, status, lastTransitionTime, ...(!holds && { reason, message }) }
}

function containerStatus(pod: Pod, name: string, image: string, seen: Seen): ContainerStatus {
  const before = pod.status?.containerStatuses?.find((one) => one.name === name)
  const running = { startedAt: before?.state.running?.startedAt ?? timestamp() }
  const waiting = seen.crashing
    ? { reason: 'CrashLoopBackOff', message: `back-off restarting failed container=${name}` }
    : { reason: 'ContainerCreating' }
  return {
    name,
    ready: seen.started,
    started: seen.started,
    restartCount: seen.restarts,
    image,
    imageID: seen.started ? `sandbox/${image}` : '',
    ...(seen.started && { containerID: `containerd://${pod.metadata.uid}-${name}` }),
    state: seen.started ? { running } : { waiting },
  }
}

export function podStatus(pod: Pod, seen: Seen): NonNullable<Pod['status']> {
  const before = pod.status?.conditions
  const unready = `containers with unready status: [${pod.spec.containers.map(({ name }) => name).join(' ')}]`
  return {
    ...pod.status,
    phase: seen.started || seen.crashing ? 'Running' : 'Pending',
    conditions: [
      condition(before, 'Initialized', true, '', ''),
      condition(before, 'Ready', seen.started, 'ContainersNotReady', unready),
      condition(before, 'ContainersReady', seen.started, 'ContainersNotReady', unready),
      condition(before, 'PodScheduled', true, '', ''),
    ],
    ...(seen.hostIp && { hostIP: seen.hostIp }),
    ...(seen.ip && { podIP: seen.ip, podIPs: [{ ip: seen.ip }] }),
    startTime: (pod.status as { startTime?: string } | undefined)?.startTime ?? timestamp(),
    containerStatuses: pod.spec.containers.map(({ name, image = '' }) => containerStatus(pod, name, image, seen)),
  } as NonNullable<Pod['status']>
}
