import type { Json } from '../../kind.ts'
import type { ApiOperations } from './operations.ts'

/** A stage as AWS describes it now. */
export interface StageNow {
  readonly deployment: string
  readonly canary: CanaryNow | null
  readonly variables: Readonly<Record<string, string>>
  /** Whatever else of it somebody may have set, tags included; when it was last changed is left out. */
  readonly rest: Json
}

export interface CanaryNow {
  readonly deployment: string
  readonly percent: number
  readonly overrides: Readonly<Record<string, string>>
}

export interface Deployment {
  readonly id: string
  readonly description: string
}

/** One API and one stage of it, REST or HTTP alike. Throws SDK errors as they come. */
export interface GatewayApi {
  stage(): Promise<StageNow>
  /** What the stage serves, from its export. A canary does not show in it. */
  served(): Promise<ApiOperations>
  /** The working API, which no client calls. */
  working(): Promise<ApiOperations>
  /** null: there is no such deployment. */
  deployment(id: string): Promise<Deployment | null>
  deployments(): Promise<readonly Deployment[]>
  /** Points the stage to a deployment, and takes a canary off. One call. */
  serve(deployment: string, canary: 'none' | 'remove'): Promise<void>
  /** Writes to the working API: an integration's URI. */
  point(integration: IntegrationKey, uri: string): Promise<void>
  /** A snapshot of the whole working API; its id. */
  deploy(description: string): Promise<string>
  removeDeployment(id: string): Promise<void>
}

export interface IntegrationKey {
  readonly resource?: string
  readonly method?: string
  readonly integration?: string
}

export const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundException'
