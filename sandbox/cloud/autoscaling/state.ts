import type { Activity, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling'

export interface AutoScalingState {
  /** By name, in order of creation. */
  readonly groups: Map<string, Group>
}

export const createAutoScaling = (): AutoScalingState => ({ groups: new Map() })

export interface Group {
  readonly name: string
  readonly arn: string
  readonly createdAt: Date
  launchTemplate: LaunchTemplateSpecification
  /** All in one VPC. */
  subnetIds: string[]
  minSize: number
  maxSize: number
  desiredCapacity: number
  healthCheckType: 'EC2' | 'ELB'
  /** AWS seconds from in service to the first health check that counts. */
  graceSeconds: number
  cooldownSeconds: number
  terminationPolicies: string[]
  protectsNewInstances: boolean
  readonly tags: Map<string, { value: string; propagates: boolean }>
  /** The processes that stand still, and since when. */
  readonly suspended: Map<string, Date>
  /** By instance id, in order of launch. */
  readonly members: Map<string, Member>
  /** By target group ARN. */
  readonly sources: Map<string, Source>
  /** The latest first. */
  readonly activities: Activity[]
  /** Nothing is launched any more, and the group goes with its last instance. */
  deleting: boolean
}

/** An instance of a group. */
export interface Member {
  readonly instanceId: string
  readonly instanceType: string
  readonly zone: string
  readonly launchTemplate: LaunchTemplateSpecification
  isProtected: boolean
  health: 'Healthy' | 'Unhealthy'
  life: Life
}

/** `since`: milliseconds of `performance.now`. */
export type Life =
  | { readonly state: 'Pending'; readonly activity: Activity }
  | { readonly state: 'InService'; readonly since: number }
  | { readonly state: 'Terminating'; readonly activity: Activity }

/** A target group that the group's instances are registered with. */
export interface Source {
  readonly arn: string
  /** By which of the two families of calls it was attached: that of target groups does not detach what the other attached. */
  readonly attachedAs: 'target-group' | 'traffic-source'
  state: 'Adding' | 'Added' | 'InService' | 'Removing'
}
