import type { Operations } from '../operation.ts'
import { activityOperations } from './activities.ts'
import { groupOperations } from './groups.ts'
import { instanceOperations } from './instances.ts'
import { processOperations } from './processes.ts'
import { tagOperations } from './tags.ts'
import { trafficSourceOperations } from './traffic-sources.ts'

export const autoscaling: Operations = {
  ...activityOperations,
  ...groupOperations,
  ...instanceOperations,
  ...processOperations,
  ...tagOperations,
  ...trafficSourceOperations,
}
