import { home, sameSplit, type Split } from '../infra/traffic.ts'
import type { Engine } from './engine/engine.ts'
import { CutoverError } from './errors.ts'
import type { Execution } from './execution.ts'
import type { Act } from './operation-run.ts'
import type { Transition } from './phases/phase.ts'
import { awsFailed } from './aws-failed.ts'
import { landingSeconds } from './orphans.ts'
import type { Store } from './store/store.ts'
import { patiently, Patience, silenceIn, type Silence } from './unanswered.ts'

/** What a rollback has to know of what it took the place of. */
export interface Preempted {
  /** Resolves when no process of it is left. */
  readonly gone: Promise<void>
}

/** Milliseconds between two looks whether the replica that had an operation has let it go. */
const lookMs = 100

/** Resolves when the replica that has the operation says that nothing of it is left there, or is dead itself. */
export async function untilLetGo(id: string, store: Store, engine: Engine): Promise<void> {
  for (;;) {
    const operation = await store.read.operations.get(id).catch(() => undefined)
    if (operation === null || operation?.owner === null) return
    const alive = await store.read.replicas.alive().catch(() => null)
    if (operation && alive && !alive.some((replica) => replica.id === operation.owner)) return engine.clearAway(id)
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}

/**
 * Brings the traffic home. The new stage is in the journal and what ran before is killed already; so: flip, read back, that is
 * home. Then make sure of it: nothing of the killed run is left, the time in which its last call may land has passed, and it
 * still reads home; if not, flip again. It needs the journal and one write per object of the switch point: no cluster, no
 * preview, no Pulumi.
 */
export async function bringHome(
  execution: Execution,
  transition: Transition,
  preempted: Preempted | null,
): Promise<void> {
  const { requestedAt, reason, requestedBy } = execution.operation
  const [stage] = transition.stages
  // written again before it is used: home does not wait for a disk
  const written = stage && execution.writeConfig(stage).catch(() => undefined)
  await execution.pass('before-flip')
  await flipHome(execution)
  const homeMs = execution.tools.clock.now() - requestedAt
  await execution.pass('after-flip')
  await written
  const { migration, name: workload, state } = execution.workload
  const why = reason ?? 'rolled back'
  const changed = { from: state, to: transition.to, reason: why }
  await execution.save(
    { state: transition.to },
    { homeMs, unanswered: null, lingers: execution.kind.lingers(execution.site, home) },
    {
      events: [
        ['home', { homeMs }],
        ['state-changed', changed],
      ],
      acts: [flipped(homeMs, { from: state, to: transition.to })],
      hold: { migration, workload, name: 'rolled-back', reason: why, by: requestedBy },
    },
  )
  await execution.pass('home-saved')
  if (!preempted) return
  await preempted.gone
  await execution.tools.clock.sleep(landingSeconds, execution.signal)
  if (sameSplit(await patiently(execution, () => readSplit(execution)), home)) return
  await execution.tell('message', {
    severity: 'warning',
    text: 'a call of the killed run landed late; going home again',
  })
  await flipHome(execution)
  const later = execution.tools.clock.now() - requestedAt
  await execution.save(
    {},
    { homeMs: later, unanswered: null },
    { events: [['home', { homeMs: later }]], acts: [flipped(later)] },
  )
}

const flipped = (homeMs: number, state: object | null = null): Act => ({
  action: 'flip',
  outcome: 'succeeded',
  details: { split: home, homeMs, state },
})

/** Writes and reads back until it reads home. What may pass is tried again for as long as it takes; all else is an error. */
async function flipHome(execution: Execution): Promise<void> {
  const patience = new Patience(execution)
  for (let attempt = 1; ; attempt += 1) {
    const failure = await flipOnce(execution)
    if (!failure) return
    await patience.failed(failure.silence, failure.error)
    await execution.tools.clock.sleep((pauseMs(attempt) / 1000) * execution.tools.clock.rate, execution.signal)
  }
}

/** null: it reads home. */
async function flipOnce(execution: Execution): Promise<{ readonly silence: Silence; readonly error: unknown } | null> {
  try {
    await execution.kind.flip(execution.site, execution.workload.outputs, home, execution.aws)
    if (sameSplit(await readSplit(execution), home)) return null
    return { silence: { call: 'the way home', error: 'it does not read back home yet' }, error: null }
  } catch (error) {
    if (error instanceof CutoverError) throw error
    const silence = silenceIn(error)
    if (!silence) throw awsFailed('the way home was refused', error)
    return { silence, error }
  }
}

/** Wall-clock milliseconds; traffic waits for it, so it is not stretched by the clock's rate. */
const pauseMs = (attempt: number): number => Math.min(100 * 2 ** (attempt - 1), 3_000)

const readSplit = (execution: Execution): Promise<Split | null> =>
  execution.kind.observe.split(execution.site, execution.workload.outputs, execution.aws)
