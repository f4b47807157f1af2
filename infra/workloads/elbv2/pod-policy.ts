import { keepBinding, readBindings, readEndpoints } from '../../policies/cluster-rights.ts'
import type { Policy } from '../../policies/grant.ts'

/** What of both clusters a workload takes whose pods a TargetGroupBinding binds. */
export const podClusters = (namespace: string): Policy['clusters'] => ({
  blue: [readBindings],
  green: [readBindings, readEndpoints(namespace), ...keepBinding(namespace)],
})
