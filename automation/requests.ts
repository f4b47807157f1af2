import { clusterStack } from '../infra/names.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import { mustHave, type Asker } from './asker.ts'
import { actOf, decisionOf } from './audit.ts'
import { awsFailed } from './aws-failed.ts'
import { CutoverError } from './errors.ts'
import type { Tools } from './operation-run.ts'
import { claimHeld, claimsOf, withFound } from './finding.ts'
import type { GateResult } from './gates/gate.ts'
import { askGates, needsOf } from './gates/gates.ts'
import type { Action, Migration, PhaseName, Workload } from './migration.ts'
import type { Observer } from './observer.ts'
import { decide, isAway, type ActiveOperation, type Circumstances, type Request } from './phases/decide.ts'
import type { Moment, Transition } from './phases/phase.ts'
import { phaseOf } from './phases/phases.ts'
import { basisDigest } from './plan/plan.ts'
import type { MadePlan } from './planning.ts'
import type { Reader } from './reader.ts'
import type { OperationRuns } from './operation-runs.ts'
import type { Replica } from './replica.ts'
import { untilLetGo, type Preempted } from './rollback.ts'
import type { Runner } from './runner.ts'
import { sameJson } from './same-json.ts'
import { ClaimHeld } from './store/claims.ts'
import { isUniqueViolation } from './store/errors.ts'
import type { NewOperation, OperationRecord } from './store/operations.ts'
import type { Work } from './store/store.ts'
import { rightToAdvance } from './rights.ts'
import { siteOf } from './surroundings.ts'
import { traceparent } from './traces.ts'
import { mustBeAnother } from './two-persons.ts'

export interface RequestsDependencies extends Tools {
  readonly reader: Reader
  readonly observer: Observer
  readonly runner: Runner
  readonly runs: OperationRuns
  readonly replica: Replica
}

/** A workload and the migration that it belongs to, as they are in the journal. */
export interface Subject {
  readonly workload: Workload
  readonly migration: Migration
}

/** A rollback is decided on what was read; when that has changed before it is saved, it is decided anew, so many times. */
const rollbackAttempts = 5

class Overtaken extends Error {}

class AtHome extends Error {}

/** A reading of blue counts as known for this long. Seconds on the wall. */
const freshSeconds = 15

/** Requests that become operations: facts are gathered, the phase table decides, the journal records, the runner carries out. */
export class Requests {
  readonly #deps: RequestsDependencies

  constructor(deps: RequestsDependencies) {
    this.#deps = deps
  }

  /** What the next advance would change. Gates and holds are not asked: a plan may be made ahead. */
  async plan(subject: Subject, asker: Asker): Promise<OperationRecord> {
    const found = await this.#found(subject)
    const circumstances = await this.#circumstances(found.workload, {})
    const { transition } = decided(found.workload, { action: 'advance' }, circumstances)
    return this.#accept({
      ...found,
      action: 'plan',
      request: {},
      transition,
      asker,
      moment: circumstances,
      previewed: false,
    })
  }

  /** Exactly one step forward. `plan`: only if the plan with this hash still holds; it is then not previewed again. */
  async advance(subject: Subject, plan: string | null, asker: Asker): Promise<OperationRecord> {
    mustHave(rightToAdvance(subject.workload.state.phase), asker)
    mustBeAnother(subject, asker)
    const found = await this.#found(subject)
    const { workload } = found
    const holds = await this.#deps.store.read.holds.on(workload)
    const asked = await this.#askGates(found)
    const circumstances = await this.#circumstances(workload, { holds, ...asked })
    const { transition } = decided(workload, { action: 'advance' }, circumstances)
    if (plan !== null) await this.#mustHold(plan, found, transition)
    const previewed = plan !== null
    return this.#accept({
      ...found,
      action: 'advance',
      request: { plan },
      transition,
      asker,
      moment: circumstances,
      previewed,
      grounds: { plan, details: { from: workload.state, to: transition.to, gates: asked.gates } },
    })
  }

  /** After retirement: everything out of our state, the claim freed. Or, before anything has moved: everything as it was found. */
  async leave(subject: Subject, action: 'abandon' | 'release', force: boolean, asker: Asker): Promise<OperationRecord> {
    const circumstances = await this.#circumstances(subject.workload, {})
    const { transition } = decided(subject.workload, { action }, circumstances)
    return this.#accept({
      ...subject,
      action,
      request: { force },
      transition,
      asker,
      moment: circumstances,
      previewed: false,
    })
  }

  /** Home at once. What runs for the workload is killed, not waited for; the journal knows it before anything is done. */
  async rollback(subject: Subject, force: boolean, asker: Asker, awayOnly = false): Promise<OperationRecord> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const now = attempt === 1 ? subject : await this.#again(subject)
        return await this.#rollback(now, force, asker, awayOnly)
      } catch (error) {
        const overtaken = error instanceof Overtaken || isUniqueViolation(error)
        if (!overtaken || attempt === rollbackAttempts) throw error
      }
    }
  }

  /** As `rollback`, where there is anything to bring home; else null. A rollback out of `prepared` would take green's side away. */
  async bringHome(subject: Subject, force: boolean, asker: Asker): Promise<OperationRecord | null> {
    try {
      return await this.rollback(subject, force, asker, true)
    } catch (error) {
      if (error instanceof AtHome) return null
      throw error
    }
  }

  async #again({ workload: { migration, name }, migration: owner }: Subject): Promise<Subject> {
    const workload = await this.#deps.store.read.workloads.get(migration, name)
    if (!workload) throw new CutoverError('not-found', `there is no workload ${name} in migration ${migration}`)
    return { workload, migration: owner }
  }

  async #rollback(subject: Subject, force: boolean, asker: Asker, awayOnly: boolean): Promise<OperationRecord> {
    const { workload } = subject
    const { migration, name } = workload
    const moment = await this.#circumstances(workload, {})
    if (awayOnly && !isAway(workload.state, moment.active)) throw new AtHome()
    const { transition, replaces } = decided(workload, { action: 'rollback', force }, moment)
    let id: string | null = null
    const written = this.#deps.store.transaction(async (work) => {
      if (replaces) {
        const error = { code: 'cancelled', message: 'a rollback took its place' }
        const ended = await work.operations.cancel(replaces.id, { error })
        if (ended?.writes !== replaces.writes) throw new Overtaken()
        work.audit.write(actOf(ended, 'end', 'cancelled', { details: { error } }))
        work.events.write(workload, replaces.id, 'operation-finished', { state: 'cancelled', error })
      }
      const now = await work.workloads.get(migration, name)
      if (!sameJson(now?.state, workload.state)) throw new Overtaken()
      const asked = newOperation(workload, 'rollback', transition, { force }, asker)
      const decision = { transition, moment: momentOf(moment), previewed: false }
      const operation = await work.operations.add(asked, decision, this.#deps.replica.id)
      this.#deps.runs.expect((id = operation.id))
      const queued = ['operation-queued', { action: 'rollback', reason: asker.reason }] as const
      const details = { from: workload.state, replaces: replaces?.id ?? null, force }
      work.audit.write(decisionOf(asker, workload, 'rollback', { operation: operation.id, details }))
      work.events.writeAll(workload, operation.id, [queued, ['operation-started', {}]])
      const stage = transition.stages[0] ?? null
      return { operation, workload: await work.workloads.change(migration, name, { stage, unsettled: true }) }
    })
    const saved = await written.catch((error: unknown) => {
      if (id !== null) this.#deps.runs.forget(id)
      throw error
    })
    const preempted = replaces && this.#end(replaces.id)
    await this.#deps.pass('rollback-saved', name)
    this.#deps.runner.begin({ ...subject, ...saved }, preempted)
    return saved.operation
  }

  /** What a rollback has taken the place of ends at once, here or on the replica that has it. */
  #end(id: string): Preempted {
    const { runs, store, engine } = this.#deps
    return runs.kill(id) ?? { gone: untilLetGo(id, store, engine) }
  }

  /** A registered workload is looked for first; the refusal is the answer. */
  async #found({ workload, migration }: Subject): Promise<Subject> {
    const { store, connections } = this.#deps
    return { workload: await withFound(workload, migration, store, connections), migration }
  }

  async #askGates({ workload, migration }: Subject): Promise<{ gates: GateResult[]; blueHealthy: number }> {
    const { gates: names } = phaseOf(workload.state)
    const facts = await this.#deps.reader.facts(workload, migration, needsOf(names))
    const blueHealthy = 'value' in facts.health ? facts.health.value.blue.healthy : 0
    return { gates: askGates(names, facts), blueHealthy }
  }

  async #circumstances(workload: Workload, asked: Partial<Circumstances>): Promise<Circumstances> {
    const active = await this.#deps.store.read.operations.activeOf(workload.migration, workload.name)
    return {
      now: this.#deps.clock.now(),
      blueHealthy: 0,
      holds: [],
      gates: [],
      blueAllUnhealthy: await this.#blueAllUnhealthy(workload),
      ...asked,
      active: active && activeOf(active),
    }
  }

  /** Only a fresh reading that says so. Targets that are unused or registering, or could not be read, are not known to be ill. */
  async #blueAllUnhealthy(workload: Workload): Promise<boolean> {
    const latest = await this.#deps.observer.latest(workload)
    if (!latest || Date.now() - latest.at > freshSeconds * 1000 || 'unknown' in latest.facts.health) return false
    const { healthy, unhealthy, initial, unused } = latest.facts.health.value.blue
    return unhealthy > 0 && healthy + initial + unused === 0
  }

  async #mustHold(hash: string, { workload, migration }: Subject, transition: Transition): Promise<void> {
    const operation = await this.#deps.store.read.operations.planWith(workload.migration, workload.name, hash)
    if (!operation)
      throw new CutoverError('plan-stale', `there is no plan ${hash} for ${workload.name}`, { plan: hash })
    const aws = this.#deps.connections.aws(migration.inventory.aws.region)
    const read = kindOf(workload.kind).observe.switchPoint(siteOf(workload, migration), aws)
    const switchPoint = await read.catch((error: unknown) => {
      throw awsFailed('the switch point could not be read', error)
    })
    const basis = basisDigest({ revision: workload.revision, stages: transition.stages, switchPoint })
    if ((operation.result as MadePlan).basis === basis) return
    const message = `${workload.name} or its switch point has changed since ${hash} was made; plan again`
    throw new CutoverError('plan-stale', message, { plan: hash, madeAt: operation.finishedAt })
  }

  /** The operation, and with a first advance the claims and what was found, all at once; then it begins. */
  async #accept(acceptance: Acceptance): Promise<OperationRecord> {
    const { workload, migration, action, request, transition, asker, moment, previewed, grounds } = acceptance
    return this.#deps.store.transaction(async (work) => {
      const active = await work.operations.activeOf(workload.migration, workload.name)
      if (active) throw inProgress(activeOf(active))
      const ofCluster = await work.operations.activeOf(workload.migration, clusterStack)
      if (ofCluster?.action === 'cluster-destroy') throw clusterGoes(ofCluster)
      if (action === 'advance') mustBeAnother({ migration, workload: await lockedOf(work, workload) }, asker)
      const asked = newOperation(workload, action, transition, request, asker)
      const found = workload.state.phase === 'registered' ? workload.found : null
      const decision = { transition, moment: momentOf(moment), previewed, found }
      const operation = await work.operations.add(asked, decision)
      work.events.write(workload, operation.id, 'operation-queued', { action, reason: asker.reason })
      work.audit.write(decisionOf(asker, workload, action, { operation: operation.id, ...grounds }))
      if (workload.state.phase !== 'registered' || action !== 'advance') return operation
      await work.claims.take(claimsOf(workload), workload.migration, workload.name).catch((error: unknown) => {
        throw error instanceof ClaimHeld ? claimHeld(error.id, error.holder) : error
      })
      await work.workloads.change(workload.migration, workload.name, { found: workload.found })
      return operation
    })
  }
}

const momentOf = ({ now, blueHealthy }: Moment): Moment => ({ now, blueHealthy })

interface Acceptance extends Subject {
  readonly action: Action
  readonly request: Readonly<Record<string, unknown>>
  readonly transition: Transition
  readonly asker: Asker
  readonly moment: Moment
  readonly previewed: boolean
  /** What an advance was let through on, for the record. */
  readonly grounds?: { readonly plan: string | null; readonly details: object }
}

function decided(workload: Workload, request: Request, circumstances: Circumstances) {
  const decision = decide(workload, request, circumstances)
  if ('transition' in decision) return decision
  const { code, message, details } = decision.refusal
  throw new CutoverError(code, message, details)
}

const newOperation = (
  workload: Workload,
  action: Action,
  transition: Transition,
  request: Readonly<Record<string, unknown>>,
  asker: Asker,
): NewOperation => ({
  migration: workload.migration,
  workload: workload.name,
  action,
  from: workload.state.phase,
  to: transition.to.phase,
  reason: asker.reason,
  requestedBy: asker.by,
  requestedAt: asker.receivedAt,
  credential: asker.credential,
  address: asker.address,
  trace: traceparent(),
  idempotencyKey: asker.idempotencyKey,
  request,
})

/** Of a workload, whose operations are never those of a cluster. */
const activeOf = ({ id, action, requestedAt, from, writes }: OperationRecord): ActiveOperation => ({
  id,
  action: action as Action,
  since: requestedAt,
  from: from as PhaseName,
  writes,
})

/** As it is now, and as it stays until the transaction ends. */
async function lockedOf(work: Work, { migration, name }: Workload): Promise<Workload> {
  const workload = await work.workloads.lock(migration, name)
  if (!workload) throw new CutoverError('not-found', `there is no workload ${name} in migration ${migration}`)
  return workload
}

const clusterGoes = ({ id, action, requestedAt: since }: OperationRecord): CutoverError =>
  new CutoverError('operation-in-progress', `green's cluster is being destroyed by ${id}`, {
    operation: { id, action, since },
  })

const inProgress = (operation: ActiveOperation): CutoverError =>
  new CutoverError(
    'operation-in-progress',
    `${operation.action} ${operation.id} is under way; wait for it or roll back`,
    { operation },
  )
