import { rm } from 'node:fs/promises'
import { leftBehind } from '../../infra/cluster/pending.ts'
import type { ClusterOutputs } from '../../infra/cluster/outputs.ts'
import type { ClusterSite, ClusterStage } from '../../infra/cluster/stage.ts'
import { clusterLogical } from '../../infra/names.ts'
import type { Adoption, EngineStep, Inspection } from '../engine/engine.ts'
import { CutoverError } from '../errors.ts'
import { brokenOffAt, landingSeconds } from '../orphans.ts'
import { changesOf } from '../plan/diff.ts'
import { replacements } from '../plan/invariants.ts'
import { recordedRun } from '../recorded-run.ts'
import { awsFailed } from '../aws-failed.ts'
import type { ClusterRun } from './cluster-run.ts'

/** What a preview or an `up` would change, or has changed, for people and programs. */
export interface ClusterChanges {
  readonly lines: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

/** What an `up` would change now. Takes no lock and writes nothing but its own config file. */
export async function previewCluster(run: ClusterRun, site: ClusterSite, stage: ClusterStage): Promise<ClusterChanges> {
  await run.createStack()
  const configFile = await run.writeConfig(site, stage, { beside: 'planned' })
  return changesOf(await previewChecked(run, configFile))
}

/** The stage into AWS, and what it exports into the journal. Every step may run twice: what was done already is found done. */
export async function upCluster(run: ClusterRun, site: ClusterSite, stage: ClusterStage): Promise<ClusterChanges> {
  await begin(run, site)
  await run.writeConfig(site, stage)
  await run.pass('config-written')
  const steps = await previewChecked(run)
  const exported = await write(run)
  await run.save({ done: stage })
  await run.save({ outputs: exported })
  return changesOf(steps)
}

/**
 * Takes the cluster away. First, in an `up` of its own, its protection and our statements in roles that are not ours; then all that
 * was made. Roles that were imported stay. Where an `up` broke off nothing is made that was not there yet.
 */
export async function destroyCluster(run: ClusterRun, site: ClusterSite, stage: ClusterStage): Promise<void> {
  const { urns } = await begin(run, site)
  const only = recordedIn(urns)
  if (only.includes(clusterLogical.cluster)) {
    const last = { ...stage, only }
    await run.save({ asked: last })
    await run.writeConfig(site, last)
    await run.pass('config-written')
    await previewChecked(run)
    await write(run)
    await run.save({ done: last })
  }
  const { act } = await recordedRun(run, 'destroy', (engine, task, listen) => engine.destroy(task, listen))
  await run.save({}, {}, { acts: [act] })
  await rm(run.tools.files.kubeconfigOf(site.migration), { force: true })
}

/** Logical names of the objects on record; what is a component alone has no object. */
const recordedIn = (urns: readonly string[]): string[] =>
  urns
    .filter((urn) => /^(aws|kubernetes):/.test(urn.split('::')[2]?.split('$').at(-1) ?? ''))
    .map((urn) => urn.slice(urn.lastIndexOf('::') + 2))
    .flatMap((name) => (name.endsWith('-eksCluster') ? [name, clusterLogical.cluster] : [name]))

async function write(run: ClusterRun): Promise<ClusterOutputs> {
  await run.save({}, { writes: true })
  await run.pass('before-up')
  const { result, act } = await recordedRun(run, 'up', (engine, task, listen) => engine.up(task, listen))
  await run.save({}, {}, { acts: [act] })
  const { exports } = result
  await run.pass('after-up')
  const { kubeconfig: _secret, ...outputs } = exports as unknown as ClusterOutputs & { readonly kubeconfig: string }
  return outputs
}

/** The stack, and what a dead run left pending in it: adopted where the object came to be, else forgotten. */
async function begin(run: ClusterRun, { config }: ClusterSite): Promise<Inspection> {
  await run.createStack()
  const inspection = await run.engine((engine, task) => engine.inspect(task))
  // a cancelled `up` may have recorded a cluster that AWS is still making; until then AWS lets nothing of it be changed
  if (recordedIn(inspection.urns).includes(clusterLogical.cluster)) {
    await leftBehind('aws:eks/cluster:Cluster', { name: config.cluster }, run.aws, run.signal)
  }
  if (!inspection.pendingCreates) return inspection
  await landed(run)
  const adoptions: Adoption[] = []
  for (const { urn, type, inputs } of inspection.pending) {
    const id = await leftBehind(type, inputs, run.aws, run.signal).catch((error: unknown) => {
      run.signal.throwIfAborted()
      throw awsFailed(`what is left of ${urn} could not be looked for`, error)
    })
    if (id === null) continue
    adoptions.push({ urn, id })
    await run.tell('message', {
      severity: 'info',
      text: `${id} was made by a run that did not live to record it; adopted`,
    })
  }
  await run.engine((engine, task) => engine.refresh(task, [], adoptions))
  return run.engine((engine, task) => engine.inspect(task))
}

/** The last call of a dead run may land after its end, and only then is it certain what it made. */
async function landed(run: ClusterRun): Promise<void> {
  const { clock } = run.tools
  const brokenOff = (await brokenOffAt(run)) ?? clock.now()
  await clock.sleep(Math.max(0, landingSeconds - clock.secondsSince(brokenOff)), run.signal)
}

/** What stands or falls as a whole: a replacement would take everything with it that runs there. */
const irreplaceable = ['aws:eks/cluster:Cluster', 'aws:iam/openIdConnectProvider:OpenIdConnectProvider']

/** A preview with the invariants checked on it. Throws before anything is written. */
async function previewChecked(run: ClusterRun, configFile?: string): Promise<readonly EngineStep[]> {
  const { steps } = await run.engine((engine, task) =>
    engine.preview(configFile === undefined ? task : { ...task, configFile }, run.listen),
  )
  const broken = steps
    .filter(({ type, op }) => irreplaceable.includes(type) && (replacements.includes(op) || op === 'delete'))
    .map(({ op, name }) => `it would ${op} ${name}, which everything in green stands on`)
  if (broken.length === 0) return steps
  throw new CutoverError('invariant-violated', [...new Set(broken)].join('; '), { violations: broken })
}
