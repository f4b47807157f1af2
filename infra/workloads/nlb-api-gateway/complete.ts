import type { Aws } from '../../aws/clients.ts'
import type { Stage, WorkloadOutputs } from '../kind.ts'
import { ourDeployment, type OurDeployment } from './deployments.ts'
import { flushCache } from './flip.ts'
import { gatewayOutputs, type ApiSite } from './found.ts'
import { isRest } from './plan.ts'
import { gatewayApi, greenListenerOf } from './sides.ts'
import { undeployedEdits } from './undeployed.ts'

/** What follows an `up`: looks that only now can be taken, caches flushed, and deployments that nobody returns to removed. */
export async function complete(site: ApiSite, stage: Stage, outputs: WorkloadOutputs, aws: Aws): Promise<void> {
  if (stage.part?.name === 'deploy') await requireNothingElse(site, outputs, aws)
  if (stage.part?.name === 'look') await requireOurs(site, outputs, aws)
  if (isRest(site) && stage.switchPoint === 'owned') await flushCache(site, aws)
  if (stage.name === 'restored') await removeDeployments(site, ['green', 'converted', 'home'], aws)
}

/** The same in words, for the plan, with what the switch means for whoever releases the API. Pure. */
export function completion(site: ApiSite, stage: Stage): readonly string[] {
  const { api } = site.found
  if (stage.switchPoint !== 'owned') return []
  const canary = stage.split.green > 0 && stage.split.green < 100
  const deploys = api.protocol === 'rest' ? !api.variable : !api.autoDeploy
  return [
    ...(stage.part?.name === 'deploy'
      ? ['look whether the deployment would ship anything else; then nothing moves']
      : []),
    ...(stage.part?.name === 'look' ? ['look whether somebody has released since; then nothing changes'] : []),
    ...(canary ? ['while the canary is on, API Gateway takes no other release to this stage'] : []),
    ...(deploys && stage.name === 'soaking'
      ? [
          'the deployment served before is kept: going back is one UpdateStage; where the API was released since, a deployment ' +
            'of that release with these integrations alone changed',
        ]
      : []),
    ...(api.protocol === 'rest' && api.cached ? ["flush the stage's cache"] : []),
    ...(stage.name === 'restored' ? ['delete the deployments of ours that no stage serves'] : []),
  ]
}

/** The snapshot is made and the stage does not serve it yet: the last moment to see what it would ship besides. */
async function requireNothingElse(site: ApiSite, outputs: WorkloadOutputs, aws: Aws): Promise<void> {
  const api = gatewayApi(site, aws)
  const listener = isRest(site) ? null : await greenListenerOf(site, outputs, aws)
  const [served, working] = await Promise.all([api.served(), api.working()])
  const keys = undeployedEdits(site, working, served, listener)
  if (keys.length > 0) throw new Error(`the API was edited meanwhile (${keys.join(', ')}): deploy or revert that first`)
}

/** Going back to the URIs as found goes back to the deployment as found. */
async function requireOurs(site: ApiSite, outputs: WorkloadOutputs, aws: Aws): Promise<void> {
  const { deployment } = await gatewayApi(site, aws).stage()
  const { api } = site.found
  if (deployment === api.deployment || deployment === gatewayOutputs(outputs)?.deployments?.ours) return
  throw new Error(
    `the stage serves deployment ${deployment}, which was released after the integrations were made to read the variable; ` +
      `going back would take that release back. Point the stage to ${gatewayOutputs(outputs)?.deployments?.ours ?? api.deployment} first, or keep it as it is`,
  )
}

/** Deployments of ours that no stage serves. Never the one that was found: it may be of an earlier migration of ours. Their ids. */
export async function removeDeployments(
  site: ApiSite,
  roles: readonly OurDeployment['role'][],
  aws: Aws,
): Promise<readonly string[]> {
  const api = gatewayApi(site, aws)
  const [all, used] = await Promise.all([api.deployments(), servedBy(site, aws)])
  const removed: string[] = []
  for (const { id, description } of all) {
    const ours = ourDeployment(site, description)
    if (!ours || !roles.includes(ours.role) || used.has(id) || id === site.found.api.deployment) continue
    await api.removeDeployment(id)
    removed.push(id)
  }
  return removed
}

/** Every deployment that a stage of the API, or a canary, serves. */
async function servedBy({ found: { api } }: ApiSite, aws: Aws): Promise<ReadonlySet<string>> {
  if (api.protocol === 'rest') {
    const { GetStagesCommand } = await import('@aws-sdk/client-api-gateway')
    const { item = [] } = await (await aws.apiGateway()).send(new GetStagesCommand({ restApiId: api.id }))
    return new Set(item.flatMap((one) => [one.deploymentId ?? '', one.canarySettings?.deploymentId ?? '']))
  }
  const { GetStagesCommand } = await import('@aws-sdk/client-apigatewayv2')
  const { Items = [] } = await (await aws.apiGatewayV2()).send(new GetStagesCommand({ ApiId: api.id }))
  return new Set(Items.map(({ DeploymentId }) => DeploymentId ?? ''))
}
