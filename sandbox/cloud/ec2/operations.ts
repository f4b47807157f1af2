import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { account } from './account.ts'
import { instanceOperations } from './instances.ts'
import { launchTemplateOperations } from './launch-templates.ts'
import { networkInterfaceOperations } from './network-interfaces.ts'
import { securityGroupRuleOperations } from './security-group-rules.ts'
import { securityGroupOperations } from './security-groups.ts'
import { subnetOperations } from './subnets.ts'
import { tags } from './tags.ts'
import { vpcOperations } from './vpcs.ts'
import { zones } from './zones.ts'

/** `DryRun` asks whether the caller may; here everybody may, and nothing else is looked at. */
const refusingDryRun =
  (operation: Operation<unknown, unknown>): Operation<{ DryRun?: boolean }, unknown> =>
  (world, input, call) => {
    if (!input.DryRun) return operation(world, input, call)
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
  }

const operations: Operations = {
  ...account,
  ...instanceOperations,
  ...launchTemplateOperations,
  ...networkInterfaceOperations,
  ...securityGroupOperations,
  ...securityGroupRuleOperations,
  ...subnetOperations,
  ...tags,
  ...vpcOperations,
  ...zones,
}

export const ec2: Operations = Object.fromEntries(
  Object.entries(operations).map(([name, operation]) => [name, refusingDryRun(operation)]),
)
