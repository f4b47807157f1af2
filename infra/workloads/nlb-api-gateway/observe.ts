import type { Aws } from '../../aws/clients.ts'
import { home, moved, splitFor, type Split } from '../../traffic.ts'
import { describeSwitchPoint } from '../elbv2/describe.ts'
import { weightsOf } from '../elbv2/observe.ts'
import type { Json, SwitchPoint, WorkloadOutputs } from '../kind.ts'
import { integrationsOf } from './gateway/http-api.ts'
import type { StageNow } from './gateway/gateway-api.ts'
import { integrationOf, resourcesOf, restApi } from './gateway/rest-api.ts'
import { parseUri } from './gateway/uri.ts'
import { gatewayOutputs, type ApiSite, type FoundHttpApi, type FoundRestApi } from './found.ts'
import { isRest } from './plan.ts'
import { servedNow, stageNow } from './served.ts'
import { gatewayApi, greenListenerOf, splitOf } from './sides.ts'

/** The split in effect: what the stage serves, never the working API alone. One call, two where somebody else has released. */
export async function observeSplit(site: ApiSite, outputs: WorkloadOutputs | null, aws: Aws): Promise<Split | null> {
  if (!isRest(site)) return splitOfHttp(site as ApiSite<FoundHttpApi>, outputs, aws)
  const stage = await stageNow(site, aws)
  return site.found.api.variable
    ? splitByVariable(site, stage, outputs, aws)
    : splitByDeployment(site, stage, outputs, aws)
}

async function splitOfHttp(
  site: ApiSite<FoundHttpApi>,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Split | null> {
  if (!site.found.api.autoDeploy) return splitByDeployment(site, await stageNow(site, aws), outputs, aws)
  const { served } = await servedNow(site, aws)
  return splitOf(site, served, {}, await greenListenerOf(site, outputs, aws))
}

/** Deployments never change: one that is known needs no look at what it does. */
async function splitByDeployment(
  site: ApiSite,
  stage: StageNow,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Split | null> {
  if (stage.canary) return null
  const ours = gatewayOutputs(outputs)?.deployments
  if (stage.deployment === site.found.api.deployment) return home
  if (ours && stage.deployment === ours.ours) return moved
  if (ours && stage.deployment === ours.home) return home
  const [{ served }, listener] = await Promise.all([
    servedNow(site, aws),
    isRest(site) ? null : greenListenerOf(site, outputs, aws),
  ])
  return splitOf(site, served, stage.variables, listener)
}

/** By the variable, and by the canary that gives a share of the requests another value of it. */
async function splitByVariable(
  site: ApiSite<FoundRestApi>,
  stage: StageNow,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Split | null> {
  const { variable, deployment } = site.found.api
  const { canary, variables } = stage
  if (!variable) return null
  const literal = variable.converts && stage.deployment === deployment
  const known =
    literal || stage.deployment === deployment || stage.deployment === gatewayOutputs(outputs)?.deployments?.ours
  const served = known ? null : (await servedNow(site, aws)).served
  const base = literal
    ? home
    : served
      ? splitOf(site, served, variables, null)
      : sideSplit(site, variables[variable.name])
  if (!canary || canary.percent === 0) return base
  const same = canary.deployment === stage.deployment && Object.keys(canary.overrides).join() === variable.name
  const ours =
    same && !literal && canary.overrides[variable.name] === variable.green && Number.isInteger(canary.percent)
  return ours && base?.blue === 100 ? splitFor(canary.percent) : null
}

function sideSplit(site: ApiSite<FoundRestApi>, value: string | undefined): Split | null {
  const { variable } = site.found.api
  if (value === variable?.blue) return home
  return value === variable?.green ? moved : null
}

/** The stage and the integrations as AWS describes them, for comparison with what was found. Throws when one is gone. */
export async function observeSwitchPoint(site: ApiSite, aws: Aws): Promise<SwitchPoint> {
  const { api } = site.found
  const stage = await gatewayApi(site, aws).stage()
  const integrations = isRest(site)
    ? await restIntegrations(site, aws)
    : await httpIntegrations(site as ApiSite<FoundHttpApi>, aws)
  return switchPointFrom(stage, integrations, {
    variable: api.protocol === 'rest' ? (api.variable?.name ?? null) : null,
    deploysItself: api.protocol === 'http' && api.autoDeploy,
  })
}

/** An integration with its URI apart. */
export interface DescribedIntegration {
  readonly name: string
  readonly uri: string
  readonly rest: Json
}

/** Traffic: deployment, canary, the variable and the URIs. Of a URI only who it leads to: its path is not ours. */
export function switchPointFrom(
  stage: StageNow,
  integrations: readonly DescribedIntegration[],
  { variable, deploysItself }: { readonly variable: string | null; readonly deploysItself: boolean },
): SwitchPoint {
  const others = Object.fromEntries(Object.entries(stage.variables).filter(([name]) => name !== variable))
  const own = variable === null ? null : (stage.variables[variable] ?? null)
  return {
    traffic: {
      ...(deploysItself ? {} : { deployment: stage.deployment }),
      canary: stage.canary && { ...stage.canary, overrides: { ...stage.canary.overrides } },
      variable: own,
      uris: Object.fromEntries(integrations.map(({ name, uri }) => [name, uri])),
    },
    rest: {
      stage: stage.rest,
      variables: others,
      integrations: Object.fromEntries(integrations.map(({ name, uri, rest }) => [name, { path: pathOf(uri), rest }])),
    },
  }
}

const pathOf = (uri: string): Json => {
  const parsed = parseUri(uri)
  return parsed && { scheme: parsed.scheme, path: parsed.rest }
}

async function restIntegrations(site: ApiSite<FoundRestApi>, aws: Aws): Promise<DescribedIntegration[]> {
  const { id, integrations } = site.found.api
  const resources = await resourcesOf(id, aws)
  return integrations.map(({ resource, method }) => {
    const found = integrationOf(resources, resource, method)
    if (!found) throw new Error(`the integration of ${method} of resource ${resource} no longer exists`)
    return describedRest(resource, method, found.path, found.integration)
  })
}

export function describedRest(
  resource: string,
  method: string,
  path: string,
  integration: object,
): DescribedIntegration {
  const { uri = '', ...rest } = JSON.parse(JSON.stringify(integration)) as { uri?: string } & Record<string, Json>
  return { name: `${resource}/${method}`, uri, rest: { ...rest, path } }
}

async function httpIntegrations(site: ApiSite<FoundHttpApi>, aws: Aws): Promise<DescribedIntegration[]> {
  const all = await integrationsOf(site.found.api.id, aws)
  return site.found.api.integrations.map(({ integration }) => {
    const found = all.find(({ IntegrationId }) => IntegrationId === integration)
    if (!found) throw new Error(`the integration ${integration} no longer exists`)
    return describedHttp(found)
  })
}

export function describedHttp(integration: object): DescribedIntegration {
  const plain = JSON.parse(JSON.stringify(integration)) as { IntegrationUri?: string; IntegrationId?: string }
  const { IntegrationUri: uri = '', ...rest } = plain
  return { name: plain.IntegrationId ?? '', uri, rest }
}

/** Does the listener, or the test stage, lead to green and nowhere else? */
export async function observeTestRoute(site: ApiSite, outputs: WorkloadOutputs, aws: Aws): Promise<boolean> {
  const { testRoute, targetGroups } = outputs
  if (!testRoute || !targetGroups.green) return false
  if (isRest(site) && site.found.api.variable) return testStageLeads(site, outputs, aws)
  const described = await describeSwitchPoint({ type: 'listener', arn: testRoute }, aws)
  const weights = weightsOf(described?.actions ?? [])
  return weights?.size === 1 && weights.has(targetGroups.green)
}

async function testStageLeads(site: ApiSite<FoundRestApi>, outputs: WorkloadOutputs, aws: Aws): Promise<boolean> {
  const { id, deployment, testStage, variable } = site.found.api
  if (!testStage || 'none' in testStage || !variable) return false
  const test = await restApi(id, testStage.name, aws).stage()
  const served = gatewayOutputs(outputs)?.deployments?.ours ?? deployment
  return test.deployment === served && !test.canary && test.variables[variable.name] === variable.green
}
