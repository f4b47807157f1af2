import type { Aws } from '../../aws/clients.ts'
import type { GatewayApi, StageNow } from './gateway/gateway-api.ts'
import type { ApiOperations } from './gateway/operations.ts'
import type { ApiSite } from './found.ts'
import { gatewayApi } from './sides.ts'

/** By API and deployment. */
const known = new WeakMap<Aws, Map<string, ApiOperations>>()

/** Questions that are asked while one is under way get its answer: split and obstacles are read at the same time. */
const underWay = new WeakMap<Aws, Map<string, Promise<StageNow>>>()

/** The stage, for whoever only looks. */
export function stageNow(site: ApiSite, aws: Aws): Promise<StageNow> {
  const asked = underWay.get(aws) ?? new Map<string, Promise<StageNow>>()
  underWay.set(aws, asked)
  const key = `${site.found.api.arn}/stages/${site.found.api.stage}`
  const reading =
    asked.get(key) ??
    gatewayApi(site, aws)
      .stage()
      .finally(() => asked.delete(key))
  asked.set(key, reading)
  return reading
}

/** APIs that deploy themselves and were written just now. */
const written = new WeakMap<Aws, Set<string>>()

/** What the stage serves will be another deployment than any that is known: the next look asks for it at once. */
export function expectOther({ found: { api } }: ApiSite, aws: Aws): void {
  written.set(aws, (written.get(aws) ?? new Set()).add(api.arn))
}

/** A stage and what it serves. Deployments never change, so that one look at each is enough: API Gateway takes ten calls a second. */
export async function servedNow(
  site: ApiSite,
  aws: Aws,
): Promise<{ readonly stage: StageNow; readonly served: ApiOperations }> {
  if (written.get(aws)?.delete(site.found.api.arn)) {
    const api = gatewayApi(site, aws)
    const [stage, served] = await Promise.all([api.stage(), api.served()])
    return { stage, served }
  }
  const stage = await stageNow(site, aws)
  return { stage, served: await servedBy(site, stage.deployment, gatewayApi(site, aws), aws) }
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
