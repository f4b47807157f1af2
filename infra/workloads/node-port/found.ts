import type { AttachedAs } from '../../aws/auto-scaling.ts'
import type { FoundSwitch } from '../elbv2/found.ts'
import type { Site } from '../kind.ts'
import type { NodePortConfig } from './config.ts'

/** What `find` learns about one workload behind node ports; plain JSON. */
export interface NodePortFound extends FoundSwitch {
  /** Where green's nodes listen. Blue's port may be another. */
  readonly green: { readonly nodePort: number; readonly healthCheckPort: string }
  /** What green's nodes do not let in yet, for each port: a security group of the load balancer, or a range of addresses. */
  readonly nodeIngress: readonly { readonly port: number; readonly from: string }[]
  /** `shared`: blue's auto-scaling groups in the target group, and by which calls they were attached. Detached at 0/100. */
  readonly blueNodes: readonly { readonly autoScalingGroup: string; readonly as: AttachedAs }[] | null
}

export type NodePortSite = Site<NodePortConfig, NodePortFound>
