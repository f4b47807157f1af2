import { undeployed, type ApiOperations } from './gateway/operations.ts'
import type { ApiSite } from './found.ts'
import { namelessIn } from './sides.ts'

/** What a deployment would ship besides the workload's own integrations: keys of operations. */
export const undeployedEdits = (
  site: ApiSite,
  working: ApiOperations,
  served: ApiOperations,
  greenListener: string | null,
): readonly string[] => undeployed(working, served, namelessIn(site, greenListener))
