import { CutoverError } from './errors.ts'
import type { Execution } from './execution.ts'
import { askGates, needsOf, type GateName } from './gates/gates.ts'
import { mustNotBeFrozen, type GoHome } from './holds/freeze.ts'
import { wayOf } from './phases/decide.ts'
import { phaseOf } from './phases/phases.ts'
import type { Reader } from './reader.ts'
import type { Decision } from './store/operations.ts'
import { patiently, silenceIn } from './unanswered.ts'

/** Gates that look at the world as it is now. What they had allowed may have become wrong while nobody was at work. */
const askedAgain = new Set<GateName>(['groups-apart', 'way-clear', 'green-enough'])

/** A reading may fail once; how often it is tried, and how far apart. Seconds of product time. */
const attempts = 5
const pauseSeconds = 5

export interface RecoveryDependencies {
  readonly reader: Reader
  readonly goHome: GoHome
}

/**
 * What becomes of an operation that whoever had it did not end. Its processes are ended first, and the workload is marked so that its
 * next `up` reads AWS, removes the lock of the dead run and resolves what that was making. Then it is finished, from where the journal
 * says that it is; but traffic goes forward only while green is still fit for it: else it is undone, which from where nothing was
 * written yet means that it ends, and from anywhere else that the traffic goes home.
 */
export async function goOn(execution: Execution, deps: RecoveryDependencies): Promise<Decision> {
  const { operation, workload } = execution
  const { decision, action } = operation
  if (!decision) throw new Error(`nothing is on record of what ${operation.id} was to do`)
  await execution.takeOver()
  if (workload.stage && action !== 'plan') await execution.save({ unsettled: true })
  if (action === 'rollback') {
    await say(execution, 'it is finished: a way home that was promised is walked')
    return { ...decision, previewed: false }
  }
  await mustNotBeFrozen(execution, workload.stage, deps.goHome)
  if (asksAgain(execution)) {
    await untilAnswered(execution)
    await mustBeFit(execution, deps, 'this operation was taken over')
  }
  const way = wayOf(workload, action === 'abandon' || action === 'release' ? action : 'advance', decision.moment)
  if ('refusal' in way) throw new CutoverError(way.refusal.code, way.refusal.message, way.refusal.details)
  await say(execution, `it is finished from where it was${workload.stage ? `, at stage ${workload.stage.name}` : ''}`)
  return { ...decision, transition: way.transition, previewed: false }
}

/** Before a stage is begun again that broke off because AWS did not answer: what it had made is looked at, and green once more. */
export async function beginAgain(execution: Execution, deps: RecoveryDependencies): Promise<void> {
  execution.brokeOff()
  if (execution.workload.stage) await execution.save({ unsettled: true })
  if (asksAgain(execution)) await mustBeFit(execution, deps, 'AWS did not answer for a while')
}

const asksAgain = ({ operation, workload }: Execution): boolean =>
  operation.action === 'advance' && phaseOf(workload.state).brokenOff === 'asks again'

/** What cannot be read is closed, so what is read from AWS is waited for; not for ever, and then it is closed. */
async function untilAnswered(execution: Execution): Promise<void> {
  await patiently(execution, () => execution.readAws()).catch((error: unknown) => {
    if (!silenceIn(error)) throw error
  })
}

/** While green is not, it is undone and ended. */
async function mustBeFit(execution: Execution, deps: RecoveryDependencies, happened: string): Promise<void> {
  const closed = await stillClosed(execution, deps.reader)
  if (closed !== null) await undo(execution, deps, closed, happened)
}

/** Why green is not fit any more; null: it is. */
async function stillClosed({ workload, migration, tools, signal }: Execution, reader: Reader): Promise<string | null> {
  const names = phaseOf(workload.state).gates.filter((name) => askedAgain.has(name))
  for (let attempt = 1; ; attempt += 1) {
    const facts = await reader.facts(workload, migration, needsOf(names))
    const closed = askGates(names, facts).filter(({ state }) => state !== 'open')
    if (closed.length === 0) return null
    if (attempt === attempts) return closed.map(({ name, sentence }) => `${name}: ${sentence}`).join('; ')
    await tools.clock.sleep(pauseSeconds, signal)
  }
}

async function undo(
  execution: Execution,
  { goHome }: RecoveryDependencies,
  closed: string,
  happened: string,
): Promise<never> {
  const { writes } = execution.operation
  if (!writes) {
    await say(execution, `it is ended, having written nothing: ${closed}`, happened)
    throw new CutoverError('interrupted', `it broke off before it had written anything, and now ${closed}`)
  }
  await say(execution, `it is undone: ${closed}`, happened)
  await goHome(execution, `an operation broke off, and now ${closed}`)
  throw new CutoverError('cancelled', 'a rollback took its place')
}

function say(execution: Execution, what: string, happened = 'this operation was taken over'): Promise<void> {
  const { subject, operation, tools } = execution
  return tools.store.transaction((work) => {
    work.audit.write(execution.fact({ action: 'recovery', outcome: 'begun', details: { what } }))
    const text = `${happened}; ${what}`
    work.events.write(subject, operation.id, 'message', { severity: 'info', text })
  })
}
