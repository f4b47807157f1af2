import type { Aws } from '../../aws/clients.ts'
import { listenersOf } from '../elbv2/network-survey.ts'
import { ours } from '../elbv2/orphans.ts'
import type { WorkloadOutputs } from '../kind.ts'
import type { StageNow } from './gateway/gateway-api.ts'
import { ourDeployment } from './deployments.ts'
import { linkOf } from './gateway/links.ts'
import type { ApiOperations } from './gateway/operations.ts'
import { gatewayOutputs, type ApiSite, type FoundRestApi } from './found.ts'
import { isRest } from './plan.ts'
import { servedNow, stageNow } from './served.ts'
import { gatewayApi, greenListenerOf, oursIn } from './sides.ts'
import { undeployedEdits } from './undeployed.ts'

/** What has to go before traffic may move forward, each with the way out. */
export async function observeObstacles(
  site: ApiSite,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<readonly string[]> {
  const isPrepared = gatewayOutputs(outputs)?.greenListener !== null && outputs !== null
  const before = isPrepared ? [] : [linksInTheWay(site, aws), portInTheWay(site, aws)]
  const all = await Promise.all([
    stageInTheWay(site, outputs, aws),
    deploymentInTheWay(site, outputs, isPrepared, aws),
    ...before,
  ])
  return all.flat()
}

async function stageInTheWay(site: ApiSite, outputs: WorkloadOutputs | null, aws: Aws): Promise<string[]> {
  if (!isRest(site)) return []
  const stage = await stageNow(site, aws)
  return [...canaryOf(site, stage), ...(await releases(site, stage, outputs, aws)), ...strangers(site, stage)]
}

/** What the next deployment would ship or overwrite. A stage variable needs none once it is read. */
async function deploymentInTheWay(
  site: ApiSite,
  outputs: WorkloadOutputs | null,
  isPrepared: boolean,
  aws: Aws,
): Promise<string[]> {
  if (isPrepared && isRest(site) && site.found.api.variable) return []
  const [{ served }, working, listener] = await Promise.all([
    servedNow(site, aws),
    gatewayApi(site, aws).working(),
    isRest(site) ? null : greenListenerOf(site, outputs, aws),
  ])
  return [...edits(site, working, served, listener), ...otherUris(site, working, listener)]
}

/** Of a canary that is not ours. */
function canaryOf({ found: { api } }: ApiSite<FoundRestApi>, { canary }: StageNow): string[] {
  if (!canary) return []
  const ours = api.variable && canary.overrides[api.variable.name] === api.variable.green
  return ours ? [] : [`the stage has a canary with ${canary.percent} %: promote or remove it`]
}

/** A canary of ours would send its share to the deployment that was there before. */
async function releases(
  site: ApiSite<FoundRestApi>,
  stage: StageNow,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<string[]> {
  const { api } = site.found
  if (!api.variable) return []
  const known = [api.deployment, gatewayOutputs(outputs)?.deployments?.ours]
  if (known.includes(stage.deployment)) return []
  // a run that died may have made it without a word in our record
  const served = await gatewayApi(site, aws).deployment(stage.deployment)
  if (ourDeployment(site, served?.description ?? '')) return []
  return [
    `the API was released since it was adopted (deployment ${stage.deployment}): roll back, abandon, and adopt it anew`,
  ]
}

/** A program that knows nothing of a variable would take it away. */
function strangers({ found: { api } }: ApiSite<FoundRestApi>, { variables }: StageNow): string[] {
  if (!api.variable) return []
  const known = new Set([...Object.keys(api.variables), api.variable.name])
  const added = Object.keys(variables).filter((name) => !known.has(name))
  return added.map((name) => `the stage has a new variable ${name}: remove it, or abandon and adopt the workload anew`)
}

function edits(site: ApiSite, working: ApiOperations, served: ApiOperations, listener: string | null): string[] {
  const keys = undeployedEdits(site, working, served, listener)
  if (keys.length === 0) return []
  return [`the API has edits that its stage does not serve (${keys.join(', ')}): deploy or revert them`]
}

/** What we would overwrite. */
function otherUris(site: ApiSite, working: ApiOperations, listener: string | null): string[] {
  return oursIn(site.found.api, listener).flatMap(({ operations, uris }) =>
    operations.flatMap((key) => {
      const uri = working.get(key)?.uri
      if (uri === uris.blue || uri === uris.green) return []
      return [
        `${key} leads to ${uri ?? 'nothing'} now: set it back to ${uris.blue}, or abandon and adopt the workload anew`,
      ]
    }),
  )
}

async function linksInTheWay({ found: { api } }: ApiSite, aws: Aws): Promise<string[]> {
  const ids = new Set(api.integrations.map(({ connection }) => connection))
  const links = await Promise.all([...ids].map(async (id) => ({ id, ...(await linkOf(id, api.protocol, aws)) })))
  return links
    .filter(({ status }) => status !== 'AVAILABLE')
    .map(({ id, status }) => `the VPC link ${id} is ${status}: wait until it is AVAILABLE`)
}

async function portInTheWay(site: ApiSite, aws: Aws): Promise<string[]> {
  const { found, config } = site
  const listeners = await listenersOf(found.loadBalancer.arn, aws)
  const there = listeners.find(({ Port }) => Port === config.greenPort)
  // one of ours that a dead run made is taken care of
  if (!there?.ListenerArn || (await ours(site, [there.ListenerArn], aws)) !== null) return []
  return [`the load balancer has a listener on ${config.greenPort} by now: remove it`]
}
