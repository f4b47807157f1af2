import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import { greenListener } from './green-listener.ts'
import type { TestRoutePlan, TestRulePlan } from './plan.ts'

/** What leads to green alone; its ARN is exported. */
export function testRoute(
  plan: TestRoutePlan,
  green: pulumi.Input<string>,
  secret: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): aws.lb.ListenerRule | aws.lb.Listener {
  return 'port' in plan
    ? greenListener(logical.testRoute, plan, green, options)
    : testRule(plan, green, secret, options)
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
