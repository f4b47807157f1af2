import { describeAwsError } from '../infra/aws/errors.ts'
import { urnOf } from '../infra/names.ts'
import { describeSplit, home, inEffect, type Split } from '../infra/traffic.ts'
import type { Stage } from '../infra/workloads/kind.ts'
import type { EngineStep } from './engine/engine.ts'
import { awsFailed } from './aws-failed.ts'
import { CutoverError } from './errors.ts'
import type { Execution } from './execution.ts'
import type { Act } from './operation-run.ts'
import { removeOrphans } from './orphans.ts'
import { untouchable, violations, writesOf } from './plan/invariants.ts'
import { recordedRun } from './recorded-run.ts'
import { sameJson } from './same-json.ts'
import { spanned } from './traces.ts'
import { answeredAgain } from './unanswered.ts'

/** Seconds of product time in which AWS has to read back what was written. */
const readBackSeconds = 30

export interface StageOptions {
  /** The stage was previewed already, by the plan that the advance names. */
  readonly previewed: boolean
  readonly deleteUnreachable: boolean
  /** Throws when it may not write any more. */
  readonly mayGoOn: () => Promise<void>
}

/**
 * One staged `up`: save what is wanted, look whether anybody else wrote, preview unless that was done, act, read back, save.
 * Each step may run twice: what was done already is found done.
 */
export function runStage(execution: Execution, stage: Stage, options: StageOptions): Promise<void> {
  const attributes = { 'cutover.operation': execution.operation.id, 'cutover.stage': stage.name }
  return spanned(`stage ${stage.name}`, attributes, () => carryOut(execution, stage, options))
}

async function carryOut(execution: Execution, stage: Stage, options: StageOptions): Promise<void> {
  const before = execution.workload.stage
  const details = { stage: stage.name, part: stage.part?.name ?? null, split: stage.split }
  const begins: Act = { action: 'stage', outcome: 'begun', details }
  await execution.save({ stage }, {}, { events: [['stage-started', details]], acts: [begins] })
  await execution.pass('stage-saved')
  await createStack(execution)
  await execution.writeConfig(stage, { deleteUnreachable: options.deleteUnreachable })
  await execution.pass('config-written')
  await settle(execution, stage)
  await execution.pass('switch-point-refreshed')
  if (!options.previewed) await previewChecked(execution, stage)
  await options.mayGoOn()
  await execution.save({ unsettled: true }, { writes: true })
  await execution.pass('before-up')
  const { result, act } = await recordedRun(execution, 'up', (engine, task, listen) => engine.up(task, listen))
  const events = answeredAgain(execution.operation)
  await execution.save({ outputs: result.outputs }, { unanswered: null }, { acts: [act], events })
  await execution.pass('after-up')
  await complete(execution, stage)
  await readBack(execution, stage.split)
  await execution.pass('split-read')
  await propagate(execution, stage, before)
  if (stage.name === 'restored' && !stage.part) await restoreExactly(execution)
  const onRecord = await readSwitchPoint(execution)
  if (stage.switchPoint === 'adopted') proveUnchanged(execution, onRecord)
  const ends: Act = { action: 'stage', outcome: 'succeeded', details }
  await execution.save({ onRecord, unsettled: false }, {}, { acts: [ends] })
}

/** A stack is made once; the secret of its test route is the last thing that is put into it. */
export async function createStack(execution: Execution): Promise<void> {
  const { files } = execution.tools
  const { workload } = execution
  if (await files.prepare(workload)) return
  await execution.engine((engine, task) => engine.create(task, { testRoute: files.testRouteSecret(workload) }))
}

/**
 * Makes Pulumi's record of the switch point what AWS says, where they may differ: after a flip, a kill or an interruption, or
 * when somebody else wrote. What differs outside the split is taken over and holds an advance; it is never set back.
 */
async function settle(execution: Execution, stage: Stage): Promise<void> {
  const { workload } = execution
  const before = workload.onRecord ?? workload.found?.asFound
  const now = await readSwitchPoint(execution)
  const elsewhere = before && !sameJson(before.rest, now.rest)
  if (!workload.unsettled && !elsewhere && sameJson(before?.traffic, now.traffic)) return
  if (workload.onRecord) {
    await refreshSwitch(execution, stage)
    await execution.save({ onRecord: now })
  }
  if (!elsewhere || execution.operation.action === 'rollback') return
  const message =
    'the switch point was changed elsewhere, outside its split; the change is kept. Look at it, remove the hold and advance again.'
  throw new CutoverError('switch-point-changed', message, { before: before.rest, now: now.rest })
}

/** A targeted refresh of the switch point alone, after what a dead run left behind is gone. No cluster is needed for it. */
async function refreshSwitch(execution: Execution, stage: Stage): Promise<void> {
  const { urns, pendingCreates, isProtected } = await execution.engine((engine, task) => engine.inspect(task))
  // a way home that broke off before its `up` has left green's side as `soaking` had it, which nothing can delete
  if (isProtected && stage.green === 'absent') await execution.engine((engine, task) => engine.unprotect(task))
  await removeOrphans(execution, stage, urns)
  if (stage.switchPoint === 'owned') await takeOver(execution, stage)
  const { kind, site } = execution
  const targets = [...kind.switchResources(site), ...(kind.refreshedToo?.(site) ?? [])]
    .map((resource) => urnOf(execution.task.stack, resource))
    .filter((urn) => urns.includes(urn))
  if (targets.length === 0 && !pendingCreates) return
  await execution.engine((engine, task) => engine.refresh(task, targets))
}

async function takeOver({ kind, site, aws }: Execution, stage: Stage): Promise<void> {
  try {
    await kind.takeOver?.(site, stage, aws)
  } catch (error) {
    throw awsFailed('what a run left in between could not be taken over', error)
  }
}

/** A preview with the invariants checked on it. Throws before anything is written. */
export async function previewChecked(
  execution: Execution,
  stage: Stage,
  configFile?: string,
): Promise<readonly EngineStep[]> {
  const { steps } = await execution.engine((engine, task) =>
    engine.preview(configFile === undefined ? task : { ...task, configFile }, execution.listen),
  )
  const { kind, site, workload } = execution
  const broken = violations(steps, untouchable(site, kind.claims(workload.entry)), kind.switchResources(site))
  if (broken.length > 0) throw new CutoverError('invariant-violated', broken.join('; '), { violations: broken })
  const writes = stage.switchPoint === 'adopted' ? writesOf(steps) : []
  if (writes.length > 0 && execution.operation.from === 'registered') {
    const what = writes.map(({ op, name }) => `${op} ${name}`).join(', ')
    throw new CutoverError('adoption-would-change', `adopting would do more than import: ${what}`, { steps: writes })
  }
  return steps
}

const readSwitchPoint = async (execution: Execution) => {
  try {
    return await execution.kind.observe.switchPoint(execution.site, execution.aws)
  } catch (error) {
    throw awsFailed('the switch point could not be read', error)
  }
}

/** What Pulumi cannot do of a stage. */
async function complete({ kind, site, workload, aws }: Execution, stage: Stage): Promise<void> {
  if (!workload.outputs) return
  try {
    await kind.complete(site, stage, workload.outputs, aws)
  } catch (error) {
    throw awsFailed(`what follows the up of ${stage.name} failed`, error)
  }
}

/**
 * Until what was before is acted on by nobody any more. A rollback is home before its first `up`; what it waits for is told as
 * what lingers.
 */
async function propagate(execution: Execution, stage: Stage, before: Stage | null): Promise<void> {
  const wait = execution.kind.propagation(execution.site, stage, before)
  if (!wait || execution.operation.action === 'rollback') return
  await execution.tell('message', { severity: 'info', text: `waiting ${wait.seconds} s: ${wait.sentence}` })
  await execution.tools.clock.sleep(wait.seconds, execution.signal)
}

/** The phase counts only when AWS says what was written; AWS may take a moment. */
async function readBack(execution: Execution, wanted: Split): Promise<void> {
  const { clock } = execution.tools
  const grain = execution.kind.grain(execution.workload.entry)
  const started = clock.now()
  let last = 'nothing'
  let unread: unknown = null
  for (let attempt = 0; attempt < 3 || clock.secondsSince(started) < readBackSeconds; attempt += 1) {
    if (attempt > 0) await clock.sleep(2, execution.signal)
    try {
      const observed = await execution.kind.observe.split(execution.site, execution.workload.outputs, execution.aws)
      await execution.tell('split-read', { split: observed })
      if (inEffect(grain, wanted, observed)) return
      unread = null
      last = observed ? describeSplit(observed) : 'something that is neither blue nor green'
    } catch (error) {
      last = describeAwsError(error)
      unread = error
    }
  }
  if (unread !== null) throw awsFailed(`${describeSplit(wanted)} was written, but could not be read back`, unread)
  throw new CutoverError('split-not-in-effect', `${describeSplit(wanted)} was written, but AWS reads back ${last}`)
}

/**
 * A plugin writes what it was told in its own manner (it numbers a lone action, for one). What we leave behind is to the letter
 * what we found, so where that differs it is written once more as found.
 */
async function restoreExactly(execution: Execution): Promise<void> {
  const { traffic } = await readSwitchPoint(execution)
  if (sameJson(traffic, execution.site.found.asFound.traffic)) return
  await execution.kind.flip(execution.site, null, home, execution.aws)
}

/** The second proof of adoption, after the import: what AWS describes, tags included, is what was found. */
function proveUnchanged(execution: Execution, now: unknown): void {
  const { found } = execution.workload
  if (execution.operation.from !== 'registered' || sameJson(found?.asFound, now)) return
  const message = 'after the import the switch point is not as it was found; look at it before going on'
  throw new CutoverError('adoption-would-change', message, { found: found?.asFound, now })
}
