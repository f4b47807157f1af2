import { Type, type Static } from 'typebox'
import { switchPointProperties, targetGroupArn } from '../elbv2/config.ts'
import { serviceSchema } from '../entry.ts'

/** What an inventory entry of kind `alb` says beside what every workload says: exactly one of `rule` and `listener`. */
export const albSchema = Type.Object(
  {
    ...switchPointProperties,
    blueTargetGroup: targetGroupArn('The target group that blue is bound to.'),
    service: serviceSchema,
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
