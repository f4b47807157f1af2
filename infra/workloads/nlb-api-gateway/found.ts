import { Type, type Static } from 'typebox'
import type { Entry } from '../entry.ts'
import type { FoundPods } from '../elbv2/found-pods.ts'
import type { Site, WorkloadOutputs } from '../kind.ts'
import { textOrNull } from '../outputs.ts'
import type { GatewayConfig } from './config.ts'

/** What `find` learns about one workload behind API Gateway; plain JSON. */
export interface GatewayFound extends FoundPods {
  /** null: the switch is the listener. */
  readonly api: FoundApi | null
}

export type FoundApi = FoundRestApi | FoundHttpApi

interface FoundApiBase {
  readonly id: string
  readonly stage: string
  /** `arn:aws:apigateway:REGION::/restapis/ID` or `…/apis/ID`. */
  readonly arn: string
  /** `ID.execute-api.REGION.amazonaws.com` */
  readonly host: string
  /** What the stage served when it was found; null: an HTTP API's stage that was never deployed. */
  readonly deployment: string
  /** The longest that a request through it may take. */
  readonly timeoutSeconds: number
}

/** A REST API, whose stage serves a snapshot of it. */
export interface FoundRestApi extends FoundApiBase {
  readonly protocol: 'rest'
  readonly integrations: readonly RestIntegration[]
  readonly variables: Readonly<Record<string, string>>
  /** null: the switch is not a stage variable. */
  readonly variable: StageVariable | null
  readonly cached: boolean
  /** The stage that leads the service alone to green; null: green is reached at its own listener. */
  readonly testStage: { readonly name: string } | { readonly none: string } | null
}

export interface RestIntegration {
  readonly resource: string
  readonly method: string
  readonly path: string
  readonly type: string
  readonly connection: string
  readonly requestParameters: Readonly<Record<string, string>>
  /** `blue` is as found; what `green` is depends on the switch: at green's port, or reading the stage variable for either side. */
  readonly uris: { readonly blue: string; readonly green: string }
}

/** A stage variable that says where the backend is. */
export interface StageVariable {
  readonly name: string
  readonly blue: string
  readonly green: string
  /** true: the integrations were found with a literal URI and do not read it yet. */
  readonly converts: boolean
}

/** An HTTP API; its integrations name the listener by ARN. */
export interface FoundHttpApi extends FoundApiBase {
  readonly protocol: 'http'
  /** true: what is written is live by itself. */
  readonly autoDeploy: boolean
  readonly integrations: readonly HttpIntegration[]
}

export interface HttpIntegration {
  readonly integration: string
  readonly type: string
  readonly connection: string
  /** Keys of the routes that lead to it. */
  readonly routes: readonly string[]
  readonly uri: string
  /** A path that overwrites that of the request, or other mappings. */
  readonly mapped: boolean
  readonly tls: boolean
}

export type GatewaySite = Site<GatewayConfig & Entry, GatewayFound>
/** A site with an API, which every switch but the listener's has. */
export type ApiSite<Api extends FoundApi = FoundApi> = Site<GatewayConfig & Entry, GatewayFound & { readonly api: Api }>

/** What a stack whose switch is in the API exports beside what every workload's does. */
export const apiOutputs = {
  greenListener: textOrNull("Green's own listener, by ARN."),
  deployments: Type.Union(
    [Type.Object({ home: Type.String(), ours: Type.String() }, { additionalProperties: false }), Type.Null()],
    { description: 'Of the API: the one to return to, and ours; null: not yet, or not by this switch.' },
  ),
}

export type GatewayOutputs = WorkloadOutputs &
  Readonly<{ [Name in keyof typeof apiOutputs]: Static<(typeof apiOutputs)[Name]> }>

export const gatewayOutputs = (outputs: WorkloadOutputs | null): GatewayOutputs | null =>
  outputs as GatewayOutputs | null
