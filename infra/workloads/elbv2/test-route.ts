import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import type { TestListenerPlan, TestRoutePlan, TestRulePlan } from './plan.ts'

/** What leads to green alone; its ARN is exported. */
export function testRoute(
  plan: TestRoutePlan,
  green: pulumi.Input<string>,
  secret: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): aws.lb.ListenerRule | aws.lb.Listener {
  return 'port' in plan ? testListener(plan, green, options) : testRule(plan, green, secret, options)
}

function testRule(
  plan: TestRulePlan,
  green: pulumi.Input<string>,
  secret: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
) {
  const header = { httpHeader: { httpHeaderName: plan.header, values: [secret] } }
  return new aws.lb.ListenerRule(
    logical.testRoute,
    {
      listenerArn: plan.listenerArn,
      priority: plan.priority,
      conditions: [...plan.conditions, header],
      actions: [{ type: 'forward', targetGroupArn: green }],
      tags: { ...plan.tags },
    },
    options,
  )
}

function testListener(
  { loadBalancerArn, port, protocol, tls, tags }: TestListenerPlan,
  green: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
) {
  const { certificateArn, sslPolicy, alpnPolicy } = tls ?? { alpnPolicy: null }
  return new aws.lb.Listener(
    logical.testRoute,
    {
      loadBalancerArn,
      port,
      protocol,
      ...(tls ? { certificateArn, sslPolicy } : {}),
      ...(alpnPolicy === null ? {} : { alpnPolicy }),
      defaultActions: [{ type: 'forward', targetGroupArn: green }],
      tags: { ...tags },
    },
    options,
  )
}
