import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import { homeIn } from './deployments.ts'
import type { DeploymentPlan, HttpIntegrationPlan, HttpPlan } from './plan.ts'
import type { ApiResources } from './resources.ts'

type Options = pulumi.CustomResourceOptions
type Listener = pulumi.Output<string> | null

/** A stage that deploys by itself is none of ours; another is moved to a snapshot, like that of a REST API. */
export function httpResources(plan: HttpPlan, listener: Listener, options: Options): ApiResources {
  const integrations = plan.integrations.map((one) => integration(plan, one, listener, options))
  if (plan.autoDeploy) return { deployment: null, testStage: null }
  const make = (home: pulumi.Input<string>) =>
    plan.deployment && deployment(plan.id, plan.deployment, home, options, integrations)
  const first = plan.serves === 'as it is' ? null : make(plan.foundDeployment)
  const served = stage(plan, first, options)
  return { deployment: first ?? make(served.deploymentId), testStage: null }
}

function integration(plan: HttpPlan, one: HttpIntegrationPlan, listener: Listener, options: Options): pulumi.Resource {
  if (one.uri === null && !listener) throw new Error(`${one.name} is to lead to green, which has no listener`)
  return new aws.apigatewayv2.Integration(
    one.name,
    { apiId: plan.id, integrationType: one.type, integrationUri: one.uri ?? listener ?? one.blueUri },
    {
      ...options,
      retainOnDelete: true,
      import: `${plan.id}/${one.integration}`,
      ignoreChanges: plan.adoptedOnly ? [...integrationRest, 'integrationUri'] : integrationRest,
    },
  )
}

/**
 * All but `passthroughBehavior`: an HTTP API has none, the official plugin reads an empty one, and refuses that when it is handed
 * back (docs/decisions/0005-adoption-without-a-star.md). Its default in place of the empty one is no change to it.
 */
const integrationRest = [
  'apiId',
  'connectionId',
  'connectionType',
  'contentHandlingStrategy',
  'credentialsArn',
  'description',
  'integrationMethod',
  'integrationSubtype',
  'integrationType',
  'payloadFormatVersion',
  'region',
  'requestParameters',
  'requestTemplates',
  'responseParameters',
  'templateSelectionExpression',
  'timeoutMilliseconds',
  'tlsConfig',
]

function deployment(
  apiId: string,
  { name, description }: DeploymentPlan,
  home: pulumi.Input<string>,
  options: Options,
  dependsOn: pulumi.Resource[],
): aws.apigatewayv2.Deployment {
  const args = { apiId, description: pulumi.interpolate`${description}${home}` }
  const { provider } = options
  const kept = { ...(provider ? { provider } : {}), retainOnDelete: true, ignoreChanges: ['description'], dependsOn }
  return new aws.apigatewayv2.Deployment(name, args, kept)
}

function stage(plan: HttpPlan, ours: aws.apigatewayv2.Deployment | null, options: Options): aws.apigatewayv2.Stage {
  const before = ours?.description.apply((description) => homeIn(description ?? '') ?? plan.foundDeployment)
  const serves = plan.serves === 'ours' ? ours?.id : plan.serves === 'before ours' ? before : undefined
  return new aws.apigatewayv2.Stage(
    logical.switchPoint,
    { apiId: plan.id, name: plan.stage, deploymentId: serves ?? plan.foundDeployment },
    {
      ...options,
      retainOnDelete: true,
      import: `${plan.id}/${plan.stage}`,
      ignoreChanges: plan.adoptedOnly ? ['*'] : [...stageRest, ...(plan.serves === 'as it is' ? ['deploymentId'] : [])],
    },
  )
}

const stageRest = [
  'accessLogSettings',
  'apiId',
  'autoDeploy',
  'clientCertificateId',
  'defaultRouteSettings',
  'description',
  'name',
  'region',
  'routeSettings',
  'stageVariables',
  'tags',
  'tagsAll',
]
