import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import type { Aws } from '../../aws/clients.ts'
import { home, isMoved, sameSplit, type Split } from '../../traffic.ts'
import type { WorkloadOutputs } from '../kind.ts'
import { isMissing, type GatewayApi, type StageNow } from './gateway/gateway-api.ts'
import { patchStage } from './gateway/rest-api.ts'
import { descriptionOf, ourDeployment } from './deployments.ts'
import { gatewayOutputs, type ApiSite, type FoundHttpApi, type FoundRestApi } from './found.ts'
import { isRest } from './plan.ts'
import { expectOther } from './served.ts'
import { gatewayApi, greenListenerOf, oursIn, splitOf } from './sides.ts'
import { undeployedEdits } from './undeployed.ts'

/** The split by direct calls: the stage is read and written once, an HTTP API that deploys itself once per integration. */
export async function flip(site: ApiSite, outputs: WorkloadOutputs | null, split: Split, aws: Aws): Promise<void> {
  if (isRest(site) && site.found.api.variable) await flipVariable(site, split, aws)
  else if (!isRest(site) && (site as ApiSite<FoundHttpApi>).found.api.autoDeploy) {
    await point(site, outputs, split, aws)
    expectOther(site, aws)
  } else await flipDeployment(site, outputs, split, aws)
  if (isRest(site)) await flushCache(site, aws)
}

/** Answers of the old side may be kept for up to an hour. */
export async function flushCache({ found: { api } }: ApiSite<FoundRestApi>, aws: Aws): Promise<void> {
  if (!api.cached) return
  const { FlushStageCacheCommand } = await import('@aws-sdk/client-api-gateway')
  await (await aws.apiGateway()).send(new FlushStageCacheCommand({ restApiId: api.id, stageName: api.stage }))
}

/** Writes the URIs of the working API; where the API deploys itself that is the switch. */
async function point(site: ApiSite, outputs: WorkloadOutputs | null, split: Split, aws: Aws): Promise<void> {
  const api = gatewayApi(site, aws)
  const listener = isMoved(split) && !isRest(site) ? await greenListenerOf(site, outputs, aws) : null
  for (const { key, uris } of oursIn(site.found.api, listener)) {
    const uri = isMoved(split) ? uris.green : uris.blue
    if (uri === null) throw new RangeError(`${site.workload} has no listener on green to send traffic to`)
    await api.point(key, uri)
  }
}

async function flipDeployment(site: ApiSite, outputs: WorkloadOutputs | null, split: Split, aws: Aws): Promise<void> {
  const api = gatewayApi(site, aws)
  const stage = await api.stage()
  const ours = gatewayOutputs(outputs)?.deployments ?? null
  if (isMoved(split)) {
    await point(site, outputs, split, aws)
    const made = ours?.ours ?? (await api.deploy(descriptionOf(site, 'green', stage.deployment)))
    return api.serve(made, canaryOf(stage))
  }
  if (split.green !== 0) throw new RangeError(`${site.workload} is moved as a whole or not at all`)
  const target = await homeFor(site, outputs, stage, api, aws)
  if (target === null) return
  try {
    await api.serve(target, canaryOf(stage))
  } catch (error) {
    // somebody has deleted what was served before
    if (!isMissing(error)) throw error
    await api.serve(await deployHome(site, outputs, stage, api, aws), canaryOf(stage))
  }
}

const canaryOf = ({ canary }: StageNow) => (canary ? 'remove' : 'none')

/** The deployment that is home; null: it is served already. */
async function homeFor(
  site: ApiSite,
  outputs: WorkloadOutputs | null,
  stage: StageNow,
  api: GatewayApi,
  aws: Aws,
): Promise<string | null> {
  const { deployment: found } = site.found.api
  const ours = gatewayOutputs(outputs)?.deployments ?? null
  if (stage.deployment === found || stage.deployment === ours?.home) return stage.canary ? stage.deployment : null
  if (ours && stage.deployment === ours.ours) return ours.home
  const made = ourDeployment(site, (await api.deployment(stage.deployment))?.description ?? '')
  if (made?.role === 'green') return made.home ?? found
  return homeFromForeign(site, outputs, stage, api, aws)
}

/**
 * The team has released since: what it released is kept, with our integrations back at blue. Where the working API has other edits
 * that were never deployed, a deployment would ship them, so the stage goes back to what it served before the move.
 */
async function homeFromForeign(
  site: ApiSite,
  outputs: WorkloadOutputs | null,
  stage: StageNow,
  api: GatewayApi,
  aws: Aws,
): Promise<string | null> {
  const listener = isRest(site) ? null : await greenListenerOf(site, outputs, aws)
  const [served, working] = await Promise.all([api.served(), api.working()])
  if (!stage.canary && sameSplit(splitOf(site, served, stage.variables, listener), home)) return null
  if (undeployedEdits(site, working, served, listener).length > 0) {
    return gatewayOutputs(outputs)?.deployments?.home ?? site.found.api.deployment
  }
  return deployHome(site, outputs, stage, api, aws)
}

async function deployHome(
  site: ApiSite,
  outputs: WorkloadOutputs | null,
  stage: StageNow,
  api: GatewayApi,
  aws: Aws,
): Promise<string> {
  await point(site, outputs, home, aws)
  return api.deploy(descriptionOf(site, 'home', stage.deployment))
}

/** One UpdateStage, all or nothing. */
async function flipVariable(site: ApiSite<FoundRestApi>, split: Split, aws: Aws): Promise<void> {
  const { id, stage: name, variable, deployment } = site.found.api
  if (!variable) return
  const stage = await gatewayApi(site, aws).stage()
  const literal = variable.converts && stage.deployment === deployment
  if (literal && split.green > 0)
    throw new RangeError(`the integrations of ${site.workload} do not read the variable yet`)
  const value = isMoved(split) ? variable.green : variable.blue
  const patches = [
    ...(literal || stage.variables[variable.name] === value ? [] : [replace(`/variables/${variable.name}`, value)]),
    ...canaryPatches(stage, split, variable),
  ]
  if (patches.length > 0) await patchStage(id, name, patches, aws)
}

const replace = (path: string, value: string): PatchOperation => ({ op: 'replace', path, value })

function canaryPatches(
  stage: StageNow,
  split: Split,
  { name, green }: { readonly name: string; readonly green: string },
): PatchOperation[] {
  if (split.green === 0 || isMoved(split)) return stage.canary ? [{ op: 'remove', path: '/canarySettings' }] : []
  return [
    replace('/canarySettings/deploymentId', stage.deployment),
    replace('/canarySettings/percentTraffic', String(split.green)),
    replace(`/canarySettings/stageVariableOverrides/${name}`, green),
    replace('/canarySettings/useStageCache', 'false'),
  ]
}
