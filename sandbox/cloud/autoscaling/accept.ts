import type { LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling'
import { findTemplate, versionOf } from '../ec2/launch-templates.ts'
import { requireRange, validationError } from '../elbv2/invalid.ts'
import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import type { Group } from './state.ts'

interface Launching {
  LaunchTemplate?: LaunchTemplateSpecification | undefined
  LaunchConfigurationName?: string | undefined
  MixedInstancesPolicy?: object | undefined
  InstanceId?: string | undefined
}

/** undefined: the call says nothing about it. There are launch templates here and no other way to launch. */
export function acceptLaunch(world: World, input: Launching): LaunchTemplateSpecification | undefined {
  if (input.LaunchConfigurationName !== undefined) {
    const name = input.LaunchConfigurationName
    throw validationError(`Launch configuration name not found - Launch configuration ${name} not found`)
  }
  if (input.MixedInstancesPolicy !== undefined || input.InstanceId !== undefined) {
    throw new AwsError('UnsupportedOperation', 'The sandbox launches the instances of a group from a LaunchTemplate.')
  }
  const { LaunchTemplate: wanted } = input
  if (!wanted) return undefined
  try {
    const template = findTemplate(world, wanted)
    const { LaunchTemplateId, LaunchTemplateName } = template
    if (!versionOf(template, wanted.Version)) {
      throw new AwsError(
        'InvalidLaunchTemplateId.VersionNotFound',
        `Could not find launch template version ${wanted.Version}`,
      )
    }
    return { LaunchTemplateId, LaunchTemplateName, Version: wanted.Version ?? '$Default' }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw validationError(`You must use a valid fully-formed launch template. ${error.message}`)
  }
}

/** Of `subnet-1,subnet-2`. undefined: the call says nothing about it. */
export function acceptSubnets(world: World, identifier: string | undefined): string[] | undefined {
  if (identifier === undefined || identifier === '') return undefined
  const ids = identifier.split(',').map((id) => id.trim())
  const missing = ids.find((id) => !world.ec2.subnets.has(id))
  if (missing !== undefined) throw validationError(`The subnet ID '${missing}' does not exist`)
  const networks = new Set(ids.map((id) => world.ec2.subnets.get(id)?.VpcId))
  if (networks.size > 1) throw validationError('The subnets specified are not all in the same VPC')
  return ids
}

export type Size = Pick<Group, 'minSize' | 'maxSize' | 'desiredCapacity'>

/** What a call says, over what there is. A desired capacity that was not asked for follows the bounds. */
export function acceptSize(
  { MinSize, MaxSize, DesiredCapacity }: { MinSize?: number; MaxSize?: number; DesiredCapacity?: number },
  before?: Size,
): Size {
  for (const [member, value] of Object.entries({
    minSize: MinSize,
    maxSize: MaxSize,
    desiredCapacity: DesiredCapacity,
  })) {
    requireRange(member, value, 0, Number.MAX_SAFE_INTEGER)
  }
  const minSize = MinSize ?? before?.minSize ?? 0
  const maxSize = MaxSize ?? before?.maxSize ?? 0
  if (minSize > maxSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`)
  }
  const clamped = Math.min(Math.max(before?.desiredCapacity ?? minSize, minSize), maxSize)
  const desiredCapacity = DesiredCapacity ?? clamped
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw validationError(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    )
  }
  return { minSize, maxSize, desiredCapacity }
}

/** `EC2`, `ELB`, or both of them with a comma. */
export function acceptHealthCheckType(type: string): Group['healthCheckType'] {
  const kinds = type.split(',').map((kind) => kind.trim())
  const unknown = kinds.find((kind) => kind !== 'EC2' && kind !== 'ELB')
  if (unknown !== undefined) throw validationError(`Invalid HealthCheckType: ${type}`)
  return kinds.includes('ELB') ? 'ELB' : 'EC2'
}
