import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import type { GreenListenerPlan } from './plan.ts'

/** A listener of green's own beside blue's: like it, on another port of the same load balancer. */
export function greenListener(
  name: string,
  { loadBalancerArn, port, protocol, tls, tags }: GreenListenerPlan,
  green: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): aws.lb.Listener {
  const { certificateArn, sslPolicy, alpnPolicy } = tls ?? { alpnPolicy: null }
  return new aws.lb.Listener(
    name,
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
