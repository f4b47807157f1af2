import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import type { Colour } from '../../traffic.ts'
import type { Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import type { SwitchPlan, SwitchPointPlan } from './plan.ts'
import { targetGroup } from './target-group.ts'
import { testRoute } from './test-route.ts'

/** What a kind's own resources build on, and what the stack exports once they are named. */
export interface SwitchResources {
  /** For every resource of the workload on AWS. */
  readonly options: pulumi.CustomResourceOptions
  /** Green's target group; null: there is none. */
  readonly green: aws.lb.TargetGroup | null
  readonly outputs: pulumi.Output<WorkloadOutputs>
}

/** Plan to resources: green's target group, the test route, and the shares of the switch point. */
export function switchProgram(plan: SwitchPlan, providers: Providers, secrets: Secrets): SwitchResources {
  const options: pulumi.CustomResourceOptions = {
    provider: providers.aws,
    protect: plan.keep === 'protected',
    retainOnDelete: plan.keep !== 'nothing',
  }
  const green = plan.targetGroup && targetGroup(plan.targetGroup, options)
  const groups: Record<Colour, pulumi.Input<string>> = { blue: plan.blueTargetGroup, green: green?.arn ?? '' }
  if (plan.switchPoint) switchPoint(plan.switchPoint, groups, options)
  const test = plan.testRoute && testRoute(plan.testRoute, groups.green, secrets.testRoute, options)
  const outputs = pulumi.all([green?.arn, test?.arn]).apply(([greenArn, testArn]) => ({
    ...plan.outputs,
    targetGroups: { blue: plan.blueTargetGroup, green: greenArn ?? null },
    testRoute: testArn ?? null,
  }))
  return { options, green, outputs }
}

/**
 * The rule or the listener that was there before us. It is never deleted, whatever leaves the program. While it is only
 * adopted nothing of it may differ, because engines import and then update on a mismatch; later everything but the shares is
 * ignored.
 */
function switchPoint(
  plan: SwitchPointPlan,
  groups: Readonly<Record<Colour, pulumi.Input<string>>>,
  options: pulumi.CustomResourceOptions,
): void {
  const rest = plan.type === 'rule' ? ruleRest : listenerRest
  const adopted: pulumi.CustomResourceOptions = {
    ...options,
    retainOnDelete: true,
    ...(plan.adoptedOnly ? { import: plan.arn, ignoreChanges: everything(plan, rest) } : { ignoreChanges: rest }),
  }
  const actions = [plan.adoptedOnly ? adoptedAction(plan, groups) : forwardAction(plan, groups)]
  if (plan.type === 'rule') {
    const { listenerArn, priority } = plan
    const args = { listenerArn, conditions: [...plan.conditions], actions, ...(priority === null ? {} : { priority }) }
    new aws.lb.ListenerRule(logical.switchPoint, args, adopted)
  } else {
    const { loadBalancerArn, port, protocol } = plan
    new aws.lb.Listener(logical.switchPoint, { loadBalancerArn, port, protocol, defaultActions: actions }, adopted)
  }
}

/**
 * AWS describes a forward whose stickiness was never set without a duration; the official plugin reads that as 0 and then refuses
 * the 0 that `*` would hand back to it. So each path of the action is named there, and stickiness is left out on both sides.
 * docs/decisions/0005-adoption-without-a-star.md has what was tried.
 */
function everything(plan: SwitchPointPlan, rest: readonly string[]): string[] {
  if (plan.stickinessSeconds !== null) return ['*']
  const action = plan.type === 'rule' ? 'actions[0]' : 'defaultActions[0]'
  return [...rest, ...['type', 'order', 'targetGroupArn', 'forward.targetGroups'].map((path) => `${action}.${path}`)]
}

/** Both forms of the action, as AWS describes it; whichever path is not there is ignored. */
function adoptedAction(plan: SwitchPointPlan, groups: Readonly<Record<Colour, pulumi.Input<string>>>) {
  return { targetGroupArn: groups.blue, ...forwardAction(plan, groups) }
}

const ruleRest = ['listenerArn', 'priority', 'conditions', 'transforms', 'tags', 'tagsAll', 'region']

const listenerRest = [
  'loadBalancerArn',
  'port',
  'protocol',
  'sslPolicy',
  'certificateArn',
  'alpnPolicy',
  'mutualAuthentication',
  'tcpIdleTimeoutSeconds',
  'tags',
  'tagsAll',
  'region',
  'routingHttpRequestXAmznMtlsClientcertHeaderName',
  'routingHttpRequestXAmznMtlsClientcertIssuerHeaderName',
  'routingHttpRequestXAmznMtlsClientcertLeafHeaderName',
  'routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName',
  'routingHttpRequestXAmznMtlsClientcertSubjectHeaderName',
  'routingHttpRequestXAmznMtlsClientcertValidityHeaderName',
  'routingHttpRequestXAmznTlsCipherSuiteHeaderName',
  'routingHttpRequestXAmznTlsVersionHeaderName',
  'routingHttpResponseAccessControlAllowCredentialsHeaderValue',
  'routingHttpResponseAccessControlAllowHeadersHeaderValue',
  'routingHttpResponseAccessControlAllowMethodsHeaderValue',
  'routingHttpResponseAccessControlAllowOriginHeaderValue',
  'routingHttpResponseAccessControlExposeHeadersHeaderValue',
  'routingHttpResponseAccessControlMaxAgeHeaderValue',
  'routingHttpResponseContentSecurityPolicyHeaderValue',
  'routingHttpResponseServerEnabled',
  'routingHttpResponseStrictTransportSecurityHeaderValue',
  'routingHttpResponseXContentTypeOptionsHeaderValue',
  'routingHttpResponseXFrameOptionsHeaderValue',
]

function forwardAction(plan: SwitchPointPlan, groups: Readonly<Record<Colour, pulumi.Input<string>>>) {
  return {
    type: 'forward',
    ...(plan.order === null ? {} : { order: plan.order }),
    forward: {
      targetGroups: plan.shares.map(({ colour, weight }) => ({ arn: groups[colour], weight })),
      ...(plan.stickinessSeconds === null ? {} : { stickiness: { enabled: false, duration: plan.stickinessSeconds } }),
    },
  }
}
