import { Type, type Static } from 'typebox'
import { switchPointProperties, targetGroupArn } from '../elbv2/config.ts'
import { serviceSchema } from '../entry.ts'

/** What an inventory entry of kind `node-port` says beside what every workload says: exactly one of `rule` and `listener`. */
export const nodePortSchema = Type.Object(
  {
    ...switchPointProperties,
    blueTargetGroup: targetGroupArn("The target group that blue's nodes are in."),
    service: serviceSchema,
    greenNodes: Type.Optional(
      Type.Object(
        {
          autoScalingGroups: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
            minItems: 1,
            maxItems: 10,
            uniqueItems: true,
            description: "Green's auto-scaling groups, by name; attached to green's target group.",
          }),
          securityGroup: Type.Optional(
            Type.String({
              pattern: '^sg-[0-9a-f]+$',
              description: "The security group of green's nodes; its node port is opened for the load balancer.",
            }),
          ),
        },
        {
          additionalProperties: false,
          description: 'Where the Service listens in green. Default: the nodes of the cluster that is built here.',
        },
      ),
    ),
  },
  { additionalProperties: false },
)

export type NodePortConfig = Static<typeof nodePortSchema>
