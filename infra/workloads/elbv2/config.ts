import { Type } from 'typebox'

const arn = (what: string, pattern: string) =>
  Type.String({ pattern: `^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:${pattern}$`, description: what })

/** The part of an inventory entry that names a switch point of an application load balancer: exactly one of the two. */
export const switchPointProperties = {
  rule: Type.Optional(
    arn('The listener rule that sends traffic to blue.', 'listener-rule/app/[^/]+/[0-9a-f]+/[0-9a-f]+/[0-9a-f]+'),
  ),
  listener: Type.Optional(
    arn('The listener whose default action sends traffic to blue.', 'listener/app/[^/]+/[0-9a-f]+/[0-9a-f]+'),
  ),
}

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
