import { Type, type Static } from 'typebox'
import { podIngressProperty } from '../elbv2/pod-ingress.ts'
import { switchPointProperties, targetGroupArn } from '../elbv2/config.ts'
import { serviceSchema } from '../entry.ts'

/** What an inventory entry of kind `alb` says beside what every workload says: exactly one of `rule` and `listener`. */
export const albSchema = Type.Object(
  {
    ...switchPointProperties,
    blueTargetGroup: targetGroupArn('The target group that blue is bound to.'),
    service: serviceSchema,
    podIngress: podIngressProperty,
  },
  { additionalProperties: false },
)

export type AlbConfig = Static<typeof albSchema>
