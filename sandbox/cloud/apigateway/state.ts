import type { Deployment, Resource, RestApi, Stage, VpcLink } from '@aws-sdk/client-api-gateway'

/**
 * REST APIs and their VPC links, by id. Every record is replaced as a whole when it changes and never changed in place: a
 * deployment's snapshot is then a list of the records of its moment, and the data plane sees at once what is new.
 */
export interface ApigatewayState {
  readonly restApis: Map<string, Api>
  readonly vpcLinks: Map<string, VpcLinkRecord>
  /** When the last CreateDeployment was let through, in real milliseconds of `performance.now`. */
  lastDeploymentMs: number
}

export const createApigateway = (): ApigatewayState => ({
  restApis: new Map(),
  vpcLinks: new Map(),
  lastDeploymentMs: -Infinity,
})

/** What its callers see is what a stage's deployment holds. The resources here are the working API, which nobody calls. */
export interface Api {
  readonly id: string
  record: RestApi
  readonly resources: Map<string, ResourceRecord>
  readonly deployments: Map<string, DeploymentRecord>
  readonly stages: Map<string, StageRecord>
}

export type ResourceRecord = Resource & { readonly id: string; readonly path: string }
export type StageRecord = Stage & { readonly stageName: string; readonly deploymentId: string }
export type VpcLinkRecord = VpcLink & { readonly id: string; readonly targetArns: string[] }

export interface DeploymentRecord {
  readonly deployment: Deployment & { readonly id: string }
  /** The API as it was when the deployment was made. */
  readonly resources: readonly ResourceRecord[]
}
