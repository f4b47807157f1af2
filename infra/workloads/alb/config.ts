import { Type, type Static } from 'typebox'

const arn = (what: string, pattern: string) =>
  Type.String({ pattern: `^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:${pattern}$`, description: what })

/** What an inventory entry of kind `alb` says beside what every workload says: exactly one of `rule` and `listener`. */
export const albSchema = Type.Object(
  {
    rule: Type.Optional(
      arn('The listener rule that sends traffic to blue.', 'listener-rule/app/[^/]+/[0-9a-f]+/[0-9a-f]+/[0-9a-f]+'),
    ),
    listener: Type.Optional(
      arn('The listener whose default action sends traffic to blue.', 'listener/app/[^/]+/[0-9a-f]+/[0-9a-f]+'),
    ),
    blueTargetGroup: arn('The target group that blue is bound to.', 'targetgroup/[^/]+/[0-9a-f]+'),
    service: Type.Object(
      {
        namespace: Type.String({ minLength: 1, maxLength: 63 }),
        name: Type.String({ minLength: 1, maxLength: 63 }),
        port: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String({ minLength: 1, maxLength: 15 })]),
      },
      { additionalProperties: false, description: 'The Service, the same in both clusters. port: its number or name.' },
    ),
    podIngress: Type.Optional(
      Type.Object(
        {
          securityGroup: Type.String({ pattern: '^sg-[0-9a-f]+$' }),
          port: Type.Integer({ minimum: 1, maximum: 65_535 }),
        },
        {
          additionalProperties: false,
          description: "The security group of green's pods and the port they listen on; opened for the load balancer.",
        },
      ),
    ),
  },
  { additionalProperties: false },
)

export type AlbConfig = Static<typeof albSchema>

/** Which object is the switch point. Throws RangeError when the entry names both or neither. */
export function switchPointOf(config: AlbConfig): { readonly type: 'rule' | 'listener'; readonly arn: string } {
  if (config.rule && !config.listener) return { type: 'rule', arn: config.rule }
  if (config.listener && !config.rule) return { type: 'listener', arn: config.listener }
  throw new RangeError('an entry of kind alb names either rule or listener')
}
