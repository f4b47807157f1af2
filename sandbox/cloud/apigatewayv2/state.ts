import type { Api, Deployment, Integration, Route, Stage, VpcLink } from '@aws-sdk/client-apigatewayv2'

/** HTTP APIs and their VPC links, by id. Records are replaced as a whole when they change, never changed in place. */
export interface Apigatewayv2State {
  readonly apis: Map<string, HttpApi>
  readonly vpcLinks: Map<string, VpcLinkRecord>
}

export const createApigatewayv2 = (): Apigatewayv2State => ({ apis: new Map(), vpcLinks: new Map() })

/** What its callers see is what a stage's deployment holds; integrations and routes here are the working API. */
export interface HttpApi {
  readonly id: string
  record: Api
  readonly integrations: Map<string, IntegrationRecord>
  readonly routes: Map<string, RouteRecord>
  readonly deployments: Map<string, HttpDeployment>
  readonly stages: Map<string, HttpStage>
}

export type IntegrationRecord = Integration & { readonly IntegrationId: string }
export type RouteRecord = Route & { readonly RouteId: string; readonly RouteKey: string }
export type HttpStage = Stage & { readonly StageName: string }
export type VpcLinkRecord = VpcLink & { readonly VpcLinkId: string }

export interface HttpDeployment {
  readonly deployment: Deployment & { readonly DeploymentId: string }
  /** The API as it was when the deployment was made. */
  readonly routes: readonly RouteRecord[]
  readonly integrations: ReadonlyMap<string, IntegrationRecord>
}
