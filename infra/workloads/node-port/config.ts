import { Type, type Static } from 'typebox'
import { anySwitchPointProperties, targetGroupArn } from '../elbv2/config.ts'
import { serviceSchema } from '../entry.ts'

/** What an inventory entry of kind `node-port` says beside what every workload says: exactly one of `rule` and `listener`. */
export const nodePortSchema = Type.Object(
  {
    ...anySwitchPointProperties,
    strategy: Type.Optional(
      Type.Union([Type.Literal('weighted'), Type.Literal('shared')], {
        description:
          '`weighted`: two target groups, by weights. `shared`: the nodes of both clusters in one group, where nothing can weigh. Default weighted.',
      }),
    ),
    blueTargetGroup: targetGroupArn("The target group that blue's nodes are in."),
    testPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "Of a network load balancer: the port of green's own listener. Default the next that is free.",
      }),
    ),
    service: serviceSchema,
    greenNodes: Type.Object(
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
        clients: Type.Optional(
          Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' }), {
            minItems: 1,
            maxItems: 50,
            uniqueItems: true,
            description:
              'Address ranges of the clients, where a network load balancer without a security group shows them to the nodes.',
          }),
        ),
      },
      { additionalProperties: false, description: 'Where the Service listens in green.' },
    ),
  },
  { additionalProperties: false },
)

export type NodePortConfig = Static<typeof nodePortSchema>

export type Strategy = NonNullable<NodePortConfig['strategy']>

export const strategyOf = ({ strategy }: NodePortConfig): Strategy => strategy ?? 'weighted'
