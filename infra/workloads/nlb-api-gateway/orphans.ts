import { DeleteListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { revokeIngress } from '../../aws/security-groups.ts'
import { logical, tagsFor } from '../../names.ts'
import { home, sameSplit } from '../../traffic.ts'
import { listenersOf } from '../elbv2/network-survey.ts'
import { ours, removeTargetGroup } from '../elbv2/orphans.ts'
import { podIngressPlans } from '../elbv2/pod-ingress.ts'
import { removeGreenBinding } from '../elbv2/pod-orphans.ts'
import type { ResourceName } from '../kind.ts'
import { isMissing } from './gateway/gateway-api.ts'
import { removeDeployments } from './complete.ts'
import type { ApiSite, FoundRestApi } from './found.ts'
import { observeSplit } from './observe.ts'
import { isRest } from './plan.ts'

/** First what refers to the target group, then the group. Deployments are numbered; every one that nobody serves is meant. */
export function creates(site: ApiSite): readonly ResourceName[] {
  const { api } = site.found
  const version = api.protocol === 'rest' ? 'apigateway' : 'apigatewayv2'
  const converts = api.protocol === 'rest' && api.variable?.converts
  const deploys = api.protocol === 'rest' ? !api.variable : !api.autoDeploy
  const deployment = (name: string) => ({ type: `aws:${version}/deployment:Deployment`, name })
  return [
    ...(api.protocol === 'rest' && api.variable
      ? [{ type: 'aws:apigateway/stage:Stage', name: logical.testRoute }]
      : []),
    ...(converts ? [deployment(logical.convertedDeployment)] : []),
    ...(deploys ? [deployment(logical.deployment)] : []),
    { type: 'kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding', name: logical.binding },
    ...podIngressPlans(site).map(({ name }) => ({
      type: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
      name,
    })),
    { type: 'aws:lb/listener:Listener', name: logical.listener },
    { type: 'aws:lb/targetGroup:TargetGroup', name: logical.targetGroup },
  ]
}

/** Known by our tags, a binding by its name, a security-group rule and a deployment by their descriptions. */
export async function removeOrphan(site: ApiSite, { name }: ResourceName, aws: Aws): Promise<string | null> {
  switch (name) {
    case logical.testRoute:
      return isRest(site) ? removeTestStage(site, aws) : null
    case logical.convertedDeployment:
      return (await removeDeployments(site, ['converted'], aws))[0] ?? null
    case logical.deployment:
      return (await removeDeployments(site, ['green'], aws))[0] ?? null
    case logical.listener:
      return removeListener(site, aws)
    case logical.targetGroup:
      return removeTargetGroup(site, aws)
    case logical.binding:
      return removeGreenBinding(site, async () => !(await isHome(site, aws)))
    default: {
      const ingress = podIngressPlans(site).find((one) => one.name === name)
      return ingress ? revokeIngress(ingress, aws) : null
    }
  }
}

async function removeTestStage(
  { migration, workload, found }: ApiSite<FoundRestApi>,
  aws: Aws,
): Promise<string | null> {
  const { id: restApiId, testStage } = found.api
  if (!testStage || 'none' in testStage) return null
  const { DeleteStageCommand, GetStageCommand } = await import('@aws-sdk/client-api-gateway')
  const client = await aws.apiGateway()
  const at = { restApiId, stageName: testStage.name }
  try {
    const { tags = {} } = await client.send(new GetStageCommand(at))
    const wanted = Object.entries(tagsFor(migration, workload, 'green'))
    if (!wanted.every(([key, value]) => tags[key] === value)) return null
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
  await client.send(new DeleteStageCommand(at))
  return testStage.name
}

const isHome = async (site: ApiSite, aws: Aws): Promise<boolean> => sameSplit(await observeSplit(site, null, aws), home)

/** Throws when green has traffic: then it is no orphan, whatever our records say. */
async function requireHome(site: ApiSite, what: string, aws: Aws): Promise<void> {
  if (await isHome(site, aws)) return
  throw new Error(`${what} is not in our record, and may have traffic; look at it, nothing was deleted`)
}

async function removeListener(site: ApiSite, aws: Aws): Promise<string | null> {
  const { found, config } = site
  const listeners = await listenersOf(found.loadBalancer.arn, aws)
  const there = listeners.find(({ Port }) => Port === config.greenPort)?.ListenerArn
  const ListenerArn = there === undefined ? null : await ours(site, [there], aws)
  if (ListenerArn === null) return null
  await requireHome(site, `the listener ${ListenerArn}`, aws)
  await aws.elbv2.send(new DeleteListenerCommand({ ListenerArn }))
  return ListenerArn
}
