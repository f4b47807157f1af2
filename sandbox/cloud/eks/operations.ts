import type { Operations } from '../operation.ts'
import { accessEntries } from './access-entries.ts'
import { accessPolicies } from './access-policies.ts'
import { addonVersions } from './addon-versions.ts'
import { addons } from './addons.ts'
import { clusterUpdates } from './cluster-updates.ts'
import { clusters } from './clusters.ts'
import { insights } from './insights.ts'
import { nodegroups } from './nodegroups.ts'
import { tags } from './tags.ts'
import { updates } from './updates.ts'
import { versionOperations } from './version-operations.ts'

export const eks: Operations = {
  ...accessEntries,
  ...accessPolicies,
  ...addons,
  ...addonVersions,
  ...clusters,
  ...clusterUpdates,
  ...insights,
  ...nodegroups,
  ...tags,
  ...updates,
  ...versionOperations,
}
