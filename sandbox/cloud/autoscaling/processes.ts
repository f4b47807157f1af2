import type {
  DescribeScalingProcessTypesCommandInput,
  DescribeScalingProcessTypesCommandOutput,
  ResumeProcessesCommandInput,
  ResumeProcessesCommandOutput,
  SuspendProcessesCommandInput,
  SuspendProcessesCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../elbv2/invalid.ts'
import type { Operation, Operations } from '../operation.ts'
import { findGroup } from './find.ts'

/** All can be suspended; those that the sandbox acts on are Launch, Terminate, AddToLoadBalancer, HealthCheck and ReplaceUnhealthy. */
const processes = [
  'AZRebalance',
  'AddToLoadBalancer',
  'AlarmNotification',
  'HealthCheck',
  'InstanceRefresh',
  'Launch',
  'ReplaceUnhealthy',
  'ScheduledActions',
  'Terminate',
]

/** None named means all. */
function named(given: string[] | undefined): string[] {
  const unknown = given?.find((name) => !processes.includes(name))
  if (unknown !== undefined) throw validationError(`Invalid scaling process: ${unknown}`)
  return given?.length ? given : processes
}

const suspendProcesses: Operation<SuspendProcessesCommandInput, SuspendProcessesCommandOutput> = (world, input) => {
  const { suspended } = findGroup(world, input.AutoScalingGroupName)
  for (const name of named(input.ScalingProcesses)) suspended.set(name, new Date())
  return {}
}

const resumeProcesses: Operation<ResumeProcessesCommandInput, ResumeProcessesCommandOutput> = (world, input) => {
  const { suspended } = findGroup(world, input.AutoScalingGroupName)
  for (const name of named(input.ScalingProcesses)) suspended.delete(name)
  return {}
}

const describeScalingProcessTypes: Operation<
  DescribeScalingProcessTypesCommandInput,
  DescribeScalingProcessTypesCommandOutput
> = () => ({ Processes: processes.map((ProcessName) => ({ ProcessName })) })

export const processOperations: Operations = {
  DescribeScalingProcessTypes: describeScalingProcessTypes,
  ResumeProcesses: resumeProcesses,
  SuspendProcesses: suspendProcesses,
}
