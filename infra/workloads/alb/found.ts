import type { FoundPods } from '../elbv2/found-pods.ts'
import type { Site } from '../kind.ts'
import type { AlbConfig } from './config.ts'

/** What `find` learns about one ALB workload; plain JSON, kept in the journal and in the stack's config. */
export type AlbFound = FoundPods

export type AlbSite = Site<AlbConfig, AlbFound>
