import type { FoundSwitch } from '../elbv2/found.ts'
import type { Site } from '../kind.ts'
import type { AlbConfig } from './config.ts'

/** What `find` learns about one ALB workload; plain JSON, kept in the journal and in the stack's config. */
export interface AlbFound extends FoundSwitch {
  /** Security groups of the load balancer that green's pods do not admit yet. */
  readonly podIngress: readonly string[]
}

export type AlbSite = Site<AlbConfig, AlbFound>
