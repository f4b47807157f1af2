import { Type, type Static } from 'typebox'
import { serviceSchema } from '../entry.ts'

const loadBalancerArn = (description: string) =>
  Type.String({
    pattern: '^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/(app|net)/[^/]+/[0-9a-f]+$',
    description,
  })

/** What an inventory entry of kind `ingress-dns` says beside what every workload says. */
export const ingressDnsSchema = Type.Object(
  {
    zone: Type.String({ pattern: '^Z[A-Z0-9]{1,31}$', description: 'The id of the hosted zone, e.g. Z0123456789ABC.' }),
    record: Type.String({
      pattern: '^(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*$',
      maxLength: 253,
      description: 'The whole name, lower case, without the dot at its end: an alias, with its AAAA twin, or a CNAME.',
    }),
    blueLoadBalancer: loadBalancerArn("The load balancer of blue's ingress controller, which the record points at."),
    greenLoadBalancer: loadBalancerArn("The load balancer of green's ingress controller. It must exist."),
    service: serviceSchema,
    lowerTtl: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86_400,
        description: 'The TTL of a CNAME while it moves, in seconds, where it is lower than the one found.',
      }),
    ),
    evaluateTargetHealth: Type.Optional(
      Type.Boolean({ description: 'Of both aliases while they are weighted. Default false.' }),
    ),
    acknowledge: Type.Optional(
      Type.Object(
        { longTtl: Type.Optional(Type.Literal(true)) },
        { additionalProperties: false, description: 'What is known and wanted all the same.' },
      ),
    ),
  },
  { additionalProperties: false },
)

export type IngressDnsConfig = Static<typeof ingressDnsSchema>
