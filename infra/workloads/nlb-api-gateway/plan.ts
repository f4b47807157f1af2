import { logical, tagsFor, targetGroupNamePrefix } from '../../names.ts'
import { bindingPlan, type BindingPlan } from '../elbv2/binding.ts'
import type { IngressPlan } from '../elbv2/ingress.ts'
import type { GreenListenerPlan, TargetGroupPlan } from '../elbv2/plan.ts'
import { podIngressPlans } from '../elbv2/pod-ingress.ts'
import type { PlanBase, Stage } from '../kind.ts'
import { descriptionOf, type OurDeployment } from './deployments.ts'
import type { ApiSite, FoundHttpApi, FoundRestApi } from './found.ts'
import { serves, variableAt, type Serves, type VariablePlan } from './stages.ts'

/** Everything that the program will make of one workload behind an API at one stage. */
export interface ApiPlan extends PlanBase {
  readonly blueTargetGroup: string
  readonly targetGroup: TargetGroupPlan | null
  readonly listener: GreenListenerPlan | null
  readonly binding: BindingPlan | null
  readonly podIngress: readonly IngressPlan[]
  /** Is green's listener the test route? */
  readonly testListener: boolean
  /** null: it is left out of the program. */
  readonly api: RestPlan | HttpPlan | null
  readonly keep: Stage['keep']
}

interface ApiPlanBase {
  readonly id: string
  readonly stage: string
  /** true: imported, everything ignored, so that no run can write. */
  readonly adoptedOnly: boolean
  readonly serves: Serves
  /** What the stage served when it was found. */
  readonly foundDeployment: string
  readonly deployment: DeploymentPlan | null
}

/** One snapshot of ours; never deleted by a program. */
export interface DeploymentPlan {
  readonly name: string
  readonly role: OurDeployment['role']
  /** Ends in the id of the deployment to return to, which is added. */
  readonly description: string
}

export interface RestPlan extends ApiPlanBase {
  readonly protocol: 'rest'
  readonly integrations: readonly RestIntegrationPlan[]
  /** null: not ours. */
  readonly variable: VariablePlan | null
  readonly testStage: {
    readonly name: string
    readonly variables: Readonly<Record<string, string>>
    readonly tags: Readonly<Record<string, string>>
  } | null
}

export interface RestIntegrationPlan {
  readonly name: string
  readonly resource: string
  readonly method: string
  readonly type: string
  readonly uri: string
}

export interface HttpPlan extends ApiPlanBase {
  readonly protocol: 'http'
  readonly autoDeploy: boolean
  readonly integrations: readonly HttpIntegrationPlan[]
}

export interface HttpIntegrationPlan {
  readonly name: string
  readonly integration: string
  readonly type: string
  readonly blueUri: string
  /** null: green's listener, by its ARN. */
  readonly uri: string | null
}

export function apiPlan(site: ApiSite, stage: Stage): ApiPlan {
  const { migration, workload, found } = site
  const present = stage.green === 'present'
  const tags = tagsFor(migration, workload, 'green')
  const port = 'port' in found.testRoute ? found.testRoute : null
  return {
    outputs: {
      schemaVersion: 1,
      migration,
      workload,
      kind: 'nlb-api-gateway',
      stage: stage.name,
      split: stage.split,
      frontDoor: found.api.host,
      switchPoint: `${found.api.arn}/stages/${found.api.stage}`,
    },
    blueTargetGroup: found.blueTargetGroup.arn,
    targetGroup: present
      ? {
          namePrefix: targetGroupNamePrefix,
          targetType: 'ip',
          port: found.blueTargetGroup.port,
          healthCheckPort: found.blueTargetGroup.healthCheck.port,
          like: found.blueTargetGroup,
          tags,
        }
      : null,
    listener:
      present && port
        ? { ...port, loadBalancerArn: found.loadBalancer.arn, protocol: found.listener.protocol, tags }
        : null,
    binding: present ? bindingPlan(site) : null,
    podIngress: present ? podIngressPlans(site) : [],
    testListener: stage.testRoute && site.config.switch !== 'stage-variable',
    api: stage.switchPoint === 'left-out' ? null : planOf(site, stage),
    keep: stage.keep,
  }
}

const planOf = (site: ApiSite, stage: Stage): RestPlan | HttpPlan =>
  isRest(site) ? restPlan(site, stage) : httpPlan(site as ApiSite<FoundHttpApi>, stage)

export const isRest = (site: ApiSite): site is ApiSite<FoundRestApi> => site.found.api.protocol === 'rest'

function basePlan(site: ApiSite, stage: Stage): ApiPlanBase {
  const { id, stage: name, deployment } = site.found.api
  return {
    id,
    stage: name,
    adoptedOnly: stage.switchPoint === 'adopted',
    serves: serves(site, stage),
    foundDeployment: deployment,
    deployment: deploymentPlan(site, stage),
  }
}

function deploymentPlan(site: ApiSite, stage: Stage): DeploymentPlan | null {
  const { api } = site.found
  if (stage.switchPoint !== 'owned') return null
  if (api.protocol === 'rest' && api.variable) {
    if (!api.variable.converts || stage.name === 'restored') return null
    return { name: logical.convertedDeployment, role: 'converted', description: descriptionOf(site, 'converted', '') }
  }
  if (api.protocol === 'http' && api.autoDeploy) return null
  if (stage.split.green === 0 && stage.part === null) return null
  const name = `${logical.deployment}-${stage.attempt}`
  return { name, role: 'green', description: descriptionOf(site, 'green', '') }
}

/** Which URIs the working API has: green's from its deployment on. */
const isGreen = ({ split, part }: Stage): boolean => split.green === 100 || part?.name === 'deploy'

function restPlan(site: ApiSite<FoundRestApi>, stage: Stage): RestPlan {
  const { api } = site.found
  const readsVariable = api.variable !== null && stage.switchPoint === 'owned' && stage.name !== 'restored'
  const side = readsVariable || (api.variable === null && isGreen(stage)) ? 'green' : 'blue'
  return {
    ...basePlan(site, stage),
    protocol: 'rest',
    integrations: api.integrations.map(({ resource, method, type, uris }) => ({
      name: `${logical.integration}-${resource}-${method}`,
      resource,
      method,
      type,
      uri: uris[side],
    })),
    variable: stage.switchPoint === 'owned' ? variableAt(api, stage) : null,
    testStage: testStagePlan(site, stage),
  }
}

function testStagePlan(site: ApiSite<FoundRestApi>, stage: Stage): RestPlan['testStage'] {
  const { testStage, variable, variables } = site.found.api
  const wanted = stage.green === 'present' && stage.testRoute
  if (!wanted || !variable || !testStage || 'none' in testStage) return null
  const tags = tagsFor(site.migration, site.workload, 'green')
  return { name: testStage.name, variables: { ...variables, [variable.name]: variable.green }, tags }
}

function httpPlan(site: ApiSite<FoundHttpApi>, stage: Stage): HttpPlan {
  const { api } = site.found
  return {
    ...basePlan(site, stage),
    protocol: 'http',
    autoDeploy: api.autoDeploy,
    integrations: api.integrations.map(({ integration, type, uri }) => ({
      name: `${logical.integration}-${integration}`,
      integration,
      type,
      blueUri: uri,
      uri: isGreen(stage) ? null : uri,
    })),
  }
}
