import { Type, type Static } from 'typebox'
import { targetGroupArn } from '../elbv2/config.ts'
import { podIngressProperty } from '../elbv2/pod-ingress.ts'
import { serviceSchema } from '../entry.ts'

const integration = Type.Object(
  {
    resource: Type.Optional(Type.String({ pattern: '^[a-z0-9]+$', description: 'REST: the id of the resource.' })),
    method: Type.Optional(Type.String({ pattern: '^[A-Z]+$', description: 'REST: its method, `ANY` included.' })),
    integration: Type.Optional(Type.String({ pattern: '^[a-z0-9]+$', description: 'HTTP API: the id.' })),
  },
  { additionalProperties: false },
)

/** What an inventory entry of kind `nlb-api-gateway` says beside what every workload says; which of it depends on `switch`. */
export const gatewaySchema = Type.Object(
  {
    switch: Type.Union(
      [
        Type.Literal('integration-port'),
        Type.Literal('stage-variable'),
        Type.Literal('integration-uri'),
        Type.Literal('listener-weights'),
      ],
      { description: 'What is switched: see the page of the kind.' },
    ),
    api: Type.Optional(Type.String({ pattern: '^[a-z0-9]+$', description: 'The id of the REST or HTTP API.' })),
    stage: Type.Optional(
      Type.String({ pattern: '^(\\$default|[A-Za-z0-9_-]{1,128})$', description: 'The stage that clients call.' }),
    ),
    integrations: Type.Optional(
      Type.Array(integration, {
        minItems: 1,
        maxItems: 100,
        description: 'Every integration behind the stage that leads to this workload.',
      }),
    ),
    listener: Type.String({
      pattern: '^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/net/[^/]+/[0-9a-f]+/[0-9a-f]+$',
      description: "Blue's listener on the network load balancer.",
    }),
    blueTargetGroup: targetGroupArn('The target group that blue is bound to.'),
    greenPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "The port of green's own listener: 80, 443 or above 1024.",
      }),
    ),
    testPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "`listener-weights`: the port of green's own listener. Default the next that is free.",
      }),
    ),
    backendUrl: Type.Optional(
      Type.String({
        pattern: '^https?://[^/?#\\s]+(/[^?#\\s]*)?$',
        description:
          "`listener-weights`: what API Gateway asks the load balancer for where the probe's URL is asked, for the test of green.",
      }),
    ),
    closeOnRollback: Type.Optional(
      Type.Boolean({
        description: '`listener-weights`: close the connections to green once it is home. Default false.',
      }),
    ),
    stageVariable: Type.Optional(
      Type.String({ pattern: '^\\w{1,64}$', description: 'The stage variable that names the backend.' }),
    ),
    flushCache: Type.Optional(
      Type.Boolean({ description: "Flush the stage's cache after every switch. Without it such a stage is refused." }),
    ),
    podIngress: podIngressProperty,
    service: serviceSchema,
  },
  { additionalProperties: false },
)

export type GatewayConfig = Static<typeof gatewaySchema>

/** The integration of one method of a REST API. */
export interface RestIntegrationConfig {
  readonly resource: string
  readonly method: string
}

/** The part of an entry that names the API, complete for its switch. */
export type ApiConfig = {
  readonly api: string
  readonly stage: string
  readonly greenPort: number
} & (
  | { readonly switch: 'integration-port'; readonly integrations: readonly RestIntegrationConfig[] }
  | {
      readonly switch: 'stage-variable'
      readonly integrations: readonly RestIntegrationConfig[]
      readonly stageVariable: string
    }
  | { readonly switch: 'integration-uri'; readonly integrations: readonly string[] }
)

const apiAlone = ['api', 'stage', 'integrations', 'greenPort', 'stageVariable', 'flushCache'] as const
const weightsAlone = ['testPort', 'backendUrl', 'closeOnRollback'] as const

/** The API of an entry; null where its switch is the listener. Throws RangeError when the entry says too little or too much. */
export function apiOf(config: GatewayConfig): ApiConfig | null {
  const { switch: by, api, stage, integrations, greenPort, stageVariable } = config
  if (by === 'listener-weights') {
    const odd = apiAlone.find((key) => config[key] !== undefined)
    if (odd) throw new RangeError(`with switch: listener-weights nothing of an API is changed: leave ${odd} out`)
    return null
  }
  const weighing = weightsAlone.find((key) => config[key] !== undefined)
  if (weighing) throw new RangeError(`${weighing} belongs to switch: listener-weights`)
  if (api === undefined || stage === undefined || integrations === undefined || greenPort === undefined) {
    throw new RangeError(`switch: ${by} needs api, stage, integrations and greenPort`)
  }
  if (!allowedPort(greenPort)) throw new RangeError('greenPort is 80, 443 or above 1024: API Gateway calls no other')
  if (by !== 'stage-variable' && stageVariable !== undefined) {
    throw new RangeError('stageVariable belongs to switch: stage-variable')
  }
  const base = { api, stage, greenPort }
  if (by === 'integration-uri') return { ...base, switch: by, integrations: httpIntegrations(integrations) }
  if (by === 'integration-port') return { ...base, switch: by, integrations: restIntegrations(integrations) }
  if (stageVariable === undefined) throw new RangeError('switch: stage-variable needs stageVariable')
  return { ...base, switch: by, integrations: restIntegrations(integrations), stageVariable }
}

/** API Gateway, reference of Integration: 80, 443 and the range from 1024 to 65535; 1024 itself is left out to be safe. */
const allowedPort = (port: number): boolean => port === 80 || port === 443 || port > 1024

type Integrations = NonNullable<GatewayConfig['integrations']>

function restIntegrations(integrations: Integrations): RestIntegrationConfig[] {
  return integrations.map(({ resource, method, integration: id }) => {
    if (resource === undefined || method === undefined || id !== undefined) {
      throw new RangeError('an integration of a REST API is named by resource and method')
    }
    return { resource, method }
  })
}

function httpIntegrations(integrations: Integrations): string[] {
  return integrations.map(({ resource, method, integration: id }) => {
    if (id === undefined || resource !== undefined || method !== undefined) {
      throw new RangeError('an integration of an HTTP API is named by integration')
    }
    return id
  })
}
