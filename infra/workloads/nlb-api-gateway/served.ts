import type { Aws } from '../../aws/clients.ts'
import type { GatewayApi, StageNow } from './api/gateway-api.ts'
import type { ApiOperations } from './api/operations.ts'
import type { ApiSite } from './found.ts'
import { gatewayApi } from './sides.ts'

/** By API and deployment. */
const known = new WeakMap<Aws, Map<string, ApiOperations>>()

/** A stage and what it serves. Deployments never change, so that one look at each is enough: API Gateway takes ten calls a second. */
export async function servedNow(
  site: ApiSite,
  aws: Aws,
): Promise<{ readonly stage: StageNow; readonly served: ApiOperations }> {
  const api = gatewayApi(site, aws)
  const stage = await api.stage()
  return { stage, served: await servedBy(site, stage.deployment, api, aws) }
}

async function servedBy(site: ApiSite, deployment: string, api: GatewayApi, aws: Aws): Promise<ApiOperations> {
  const seen = known.get(aws) ?? new Map<string, ApiOperations>()
  known.set(aws, seen)
  const key = `${site.found.api.arn}/${deployment}`
  const before = seen.get(key)
  if (before) return before
  const served = await api.served()
  // an export names the stage and not the deployment, which may have moved meanwhile
  if ((await api.stage()).deployment === deployment) seen.set(key, served)
  return served
}
