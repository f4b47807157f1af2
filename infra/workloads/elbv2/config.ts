import { Type } from 'typebox'

const arn = (what: string, pattern: string) =>
  Type.String({ pattern: `^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:${pattern}$`, description: what })

/** The part of an inventory entry that names a switch point: exactly one of the two. Rules are those of application load balancers. */
const switchPointAt = (loadBalancers: 'app' | '(app|net)') => ({
  rule: Type.Optional(
    arn('The listener rule that sends traffic to blue.', 'listener-rule/app/[^/]+/[0-9a-f]+/[0-9a-f]+/[0-9a-f]+'),
  ),
  listener: Type.Optional(
    arn(
      'The listener whose default action sends traffic to blue.',
      `listener/${loadBalancers}/[^/]+/[0-9a-f]+/[0-9a-f]+`,
    ),
  ),
})

/** At an application load balancer. */
export const switchPointProperties = switchPointAt('app')

/** At an application load balancer, or at a listener of a network load balancer. */
export const anySwitchPointProperties = switchPointAt('(app|net)')

export const targetGroupArn = (description: string) => arn(description, 'targetgroup/[^/]+/[0-9a-f]+')

export interface SwitchPointConfig {
  readonly rule?: string | undefined
  readonly listener?: string | undefined
}

/** Which object is the switch point. Throws RangeError when the entry names both or neither. */
export function switchPointOf(config: SwitchPointConfig): { readonly type: 'rule' | 'listener'; readonly arn: string } {
  if (config.rule && !config.listener) return { type: 'rule', arn: config.rule }
  if (config.listener && !config.rule) return { type: 'listener', arn: config.listener }
  throw new RangeError('an entry names either rule or listener')
}
