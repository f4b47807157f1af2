import { describeSplit } from '../../infra/traffic.ts'
import { describeSeconds } from '../clock.ts'
import type { GateResult } from '../gates/gate.ts'
import { heldSentence } from '../holds/scope.ts'
import { isActive, type Hold, type Operation, type Workload } from '../migration.ts'
import { unansweredSentence } from '../unanswered.ts'
import { phaseOf } from './phases.ts'

/**
 * running: an operation is under way. waiting: only time is missing. ready: an advance would be accepted. stuck: a person is
 * needed, and the sentence says for what. ended: nothing more will happen.
 */
export const statusNames = ['running', 'waiting', 'ready', 'stuck', 'ended'] as const
export type StatusName = (typeof statusNames)[number]

export interface Status {
  readonly status: StatusName
  readonly sentence: string
}

/** Gates that time opens by itself. */
const timed = new Set(['bake-elapsed', 'soak-elapsed', 'blue-settled', 'window-open'])

/** Targets that register take minutes at a network load balancer, and until then green need not answer. */
const afterRegistration = new Set(['green-enough', 'green-answers'])

function opensByItself({ name }: GateResult, closed: readonly GateResult[]): boolean {
  const registering = closed.some((gate) => gate.name === 'green-enough' && (gate.numbers['initial'] ?? 0) > 0)
  return timed.has(name) || (registering && afterRegistration.has(name))
}

/** How a workload is doing, computed from facts and never stored. Pure. */
export function statusOf(
  workload: Workload,
  operation: Operation | null,
  holds: readonly Hold[],
  gates: readonly GateResult[] | 'not read yet',
): Status {
  const phase = phaseOf(workload.state)
  if (operation && isActive(operation)) {
    const sentence = runningSentence(operation)
    const { unanswered } = operation
    if (!unanswered) return { status: 'running', sentence }
    return { status: 'waiting', sentence: `${sentence}; ${unansweredSentence(unanswered)}` }
  }
  if (workload.state.phase === 'released' || workload.state.phase === 'abandoned') {
    return { status: 'ended', sentence: phase.truth }
  }
  const failed = operation && operation.state !== 'succeeded' ? failedSentence(operation) : ''
  const [hold] = holds
  if (hold) return { status: 'stuck', sentence: `${failed}${heldSentence(hold)}` }
  if (gates === 'not read yet') {
    return { status: 'waiting', sentence: `${failed}${phase.truth}; the next look at it is under way` }
  }
  const closed = gates.filter(({ state }) => state !== 'open')
  const needsPerson = closed.find((gate) => !opensByItself(gate, closed))
  if (needsPerson) return { status: 'stuck', sentence: `${failed}${phase.truth}; ${needsPerson.sentence}` }
  const [closing] = closed
  if (closing) return { status: 'waiting', sentence: `${failed}${phase.truth}; ${closing.sentence}` }
  return { status: 'ready', sentence: `${failed}${phase.truth}; ${readySentence(workload)}` }
}

function runningSentence({ action, from, to, homeMs, startedAt, requestedAt }: Operation): string {
  if (action === 'rollback' && homeMs !== null)
    return `home since ${seconds(homeMs)} after it was asked for; reconciling to ${to}`
  if (action === 'rollback') return `going home to ${to}`
  if (action === 'plan') return `planning the way from ${from} to ${to}`
  return `${action} from ${from} to ${to}${startedAt === null ? `, waiting since ${new Date(requestedAt).toISOString()}` : ''}`
}

const failedSentence = ({ action, state, error }: Operation): string =>
  `the last ${action} ${state === 'failed' ? 'failed' : `was ${state}`}${error ? ` (${error.message})` : ''}; `

function readySentence({ state }: Workload): string {
  switch (state.phase) {
    case 'retired':
      return 'release it to hand the switch point back'
    case 'soaking':
      return 'ready to retire blue'
    case 'registered':
    case 'adopted':
    case 'prepared':
    case 'shifting':
      return `ready to advance from ${describeSplit(phaseOf(state).split(state))}`
    case 'released':
    case 'abandoned':
      return 'nothing more will happen'
  }
}

const seconds = (ms: number): string => describeSeconds(ms / 1000)
