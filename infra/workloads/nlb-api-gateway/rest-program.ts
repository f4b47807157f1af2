import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import { homeIn } from './deployments.ts'
import type { DeploymentPlan, RestIntegrationPlan, RestPlan } from './plan.ts'
import type { ApiResources } from './resources.ts'
import type { CanaryPlan } from './stages.ts'

type Options = pulumi.CustomResourceOptions

/** Integrations before the snapshot of them; then the stage that serves it, or that stays as it is and is told of in it. */
export function restResources(plan: RestPlan, options: Options): ApiResources {
  const integrations = plan.integrations.map((one) => integration(plan, one, options))
  const make = (home: pulumi.Input<string>) =>
    plan.deployment && deployment(plan.id, plan.deployment, home, options, integrations)
  const first = plan.serves !== 'as it is' || plan.deployment?.role === 'converted' ? make(plan.foundDeployment) : null
  const served = stage(plan, first, options)
  return { deployment: first ?? make(served.deployment), testStage: testStage(plan, served.deployment, options) }
}

function servedBy({ serves, foundDeployment }: RestPlan, ours: aws.apigateway.Deployment | null): pulumi.Input<string> {
  if (serves === 'as it is' || serves === 'found' || !ours) return foundDeployment
  return serves === 'ours' ? ours.id : homeOf(ours, foundDeployment)
}

const homeOf = (made: aws.apigateway.Deployment, found: string): pulumi.Output<string> =>
  made.description.apply((description) => homeIn(description ?? '') ?? found)

/** One try, one snapshot; its description is written once, because what was served before it is known only then. */
function deployment(
  restApi: string,
  { name, description }: DeploymentPlan,
  home: pulumi.Input<string>,
  options: Options,
  dependsOn: pulumi.Resource[],
): aws.apigateway.Deployment {
  const args = { restApi, description: pulumi.interpolate`${description}${home}` }
  const { provider } = options
  const kept = { ...(provider ? { provider } : {}), retainOnDelete: true, ignoreChanges: ['description'], dependsOn }
  return new aws.apigateway.Deployment(name, args, kept)
}

function integration(plan: RestPlan, one: RestIntegrationPlan, options: Options): pulumi.Resource {
  const { resource: resourceId, method: httpMethod, type, uri } = one
  return new aws.apigateway.Integration(
    one.name,
    { restApi: plan.id, resourceId, httpMethod, type, uri },
    {
      ...options,
      retainOnDelete: true,
      import: `${plan.id}/${resourceId}/${httpMethod}`,
      ignoreChanges: plan.adoptedOnly ? ['*'] : integrationRest,
    },
  )
}

const integrationRest = [
  'cacheKeyParameters',
  'cacheNamespace',
  'connectionId',
  'connectionType',
  'contentHandling',
  'credentials',
  'httpMethod',
  'integrationHttpMethod',
  'integrationTarget',
  'passthroughBehavior',
  'region',
  'requestParameters',
  'requestTemplates',
  'resourceId',
  'responseTransferMode',
  'restApi',
  'timeoutMilliseconds',
  'tlsConfig',
  'type',
]

/** The stage that was there before us. It is never deleted, whatever leaves the program. */
function stage(plan: RestPlan, ours: aws.apigateway.Deployment | null, options: Options): aws.apigateway.Stage {
  const { variable } = plan
  const canary = variable?.canary && canaryArgs(ours?.id ?? plan.foundDeployment, variable.canary)
  return new aws.apigateway.Stage(
    logical.switchPoint,
    {
      restApi: plan.id,
      stageName: plan.stage,
      deployment: servedBy(plan, ours),
      ...(variable ? { variables: { ...variable.variables } } : {}),
      ...(canary ? { canarySettings: canary } : {}),
    },
    {
      ...options,
      retainOnDelete: true,
      import: `${plan.id}/${plan.stage}`,
      ignoreChanges: plan.adoptedOnly ? ['*'] : ignoredOf(plan),
    },
  )
}

/** The same deployment as the stage's: the variable is all that differs. */
const canaryArgs = (deploymentId: pulumi.Input<string>, { percent, overrides }: CanaryPlan) => ({
  deploymentId,
  percentTraffic: percent,
  stageVariableOverrides: { ...overrides },
  useStageCache: false,
})

const ignoredOf = ({ serves, variable }: RestPlan): string[] => [
  ...stageRest,
  ...(serves === 'as it is' ? ['deployment'] : []),
  ...(variable ? variable.others.map((name) => `variables.${name}`) : ['variables', 'canarySettings']),
]

const stageRest = [
  'accessLogSettings',
  'cacheClusterEnabled',
  'cacheClusterSize',
  'clientCertificateId',
  'description',
  'documentationVersion',
  'region',
  'restApi',
  'stageName',
  'tags',
  'tagsAll',
  'xrayTracingEnabled',
]

/** On the same deployment, with the variable that names green. */
function testStage(plan: RestPlan, serves: pulumi.Input<string>, options: Options): pulumi.Output<string> | null {
  if (!plan.testStage) return null
  const { name: stageName, variables, tags } = plan.testStage
  const args = { restApi: plan.id, stageName, deployment: serves, variables: { ...variables }, tags: { ...tags } }
  return new aws.apigateway.Stage(logical.testRoute, args, options).arn
}
