import type {
  Activity,
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { randomUUID } from 'node:crypto'
import type { Operation, Operations } from '../operation.ts'
import { findGroup, page } from './find.ts'
import type { Group } from './state.ts'

/** AWS keeps six weeks of them. */
const kept = 200

export function begin(group: Group, description: string, why: string): Activity {
  const now = new Date()
  const activity: Activity = {
    ActivityId: randomUUID(),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: description,
    Cause: `At ${now.toISOString().replace(/\.\d+Z$/, 'Z')} ${why}`,
    StartTime: now,
    StatusCode: 'InProgress',
    Progress: 0,
  }
  group.activities.unshift(activity)
  group.activities.splice(kept)
  return activity
}

export function end(activity: Activity, StatusCode: 'Successful' | 'Failed', StatusMessage?: string): void {
  Object.assign(activity, { EndTime: new Date(), StatusCode, StatusMessage, Progress: 100 })
}

const describeScalingActivities: Operation<
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput
> = (world, input) => {
  const groups =
    input.AutoScalingGroupName === undefined
      ? [...world.autoscaling.groups.values()]
      : [findGroup(world, input.AutoScalingGroupName)]
  const all = groups.flatMap(({ activities }) => activities)
  const found = all.filter(
    ({ ActivityId = '' }) => !input.ActivityIds?.length || input.ActivityIds.includes(ActivityId),
  )
  const { items, NextToken } = page(found, input, 100)
  return { Activities: items, NextToken }
}

export const activityOperations: Operations = { DescribeScalingActivities: describeScalingActivities }
