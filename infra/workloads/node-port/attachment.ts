/** One auto-scaling group whose instances are targets of a group. */
export interface AttachmentPlan {
  readonly name: string
  readonly autoScalingGroup: string
}
