import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import { GetRoleCommand } from '@aws-sdk/client-iam'
import type { Properties } from '../properties.ts'
import type { Aws } from './aws.ts'

interface InstancesArgs {
  readonly filters?: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly instanceStateNames?: readonly string[]
}

/** Instances by filters; those that run, unless states are named. */
export async function instancesLike(aws: Aws, args: Properties): Promise<Properties> {
  const { filters = [], instanceStateNames = ['running'] } = args as unknown as InstancesArgs
  const Filters = [
    ...filters.map(({ name, values }) => ({ Name: name, Values: [...values] })),
    { Name: 'instance-state-name', Values: [...instanceStateNames] },
  ]
  const { Reservations = [] } = await aws.ec2(new DescribeInstancesCommand({ Filters }))
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances)
  return {
    id: aws.region,
    region: aws.region,
    ids: instances.map(({ InstanceId = '' }) => InstanceId),
    privateIps: instances.map(({ PrivateIpAddress = '' }) => PrivateIpAddress),
    publicIps: [],
    ipv6Addresses: [],
    instanceTags: {},
  }
}

/** One instance by its id, as far as its place and its security groups go. */
export async function instanceWith(aws: Aws, { instanceId }: Properties): Promise<Properties> {
  const id = typeof instanceId === 'string' ? instanceId : ''
  const { Reservations = [] } = await aws.ec2(new DescribeInstancesCommand({ InstanceIds: [id] }))
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances)
  if (!instance) throw new Error('Your query returned no results. Please change your search criteria and try again.')
  return {
    id,
    instanceId: id,
    region: aws.region,
    instanceState: instance.State?.Name ?? '',
    instanceType: instance.InstanceType ?? '',
    privateIp: instance.PrivateIpAddress ?? '',
    subnetId: instance.SubnetId ?? '',
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    vpcSecurityGroupIds: (instance.SecurityGroups ?? []).map(({ GroupId = '' }) => GroupId),
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  }
}

/** A role by its name; the trust policy as plain JSON. */
export async function roleNamed(aws: Aws, { name }: Properties): Promise<Properties> {
  const id = typeof name === 'string' ? name : ''
  const { Role } = await aws.iam(new GetRoleCommand({ RoleName: id }))
  return {
    id,
    name: id,
    arn: Role?.Arn ?? '',
    assumeRolePolicy: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
    createDate: Role?.CreateDate?.toISOString() ?? '',
    description: Role?.Description ?? '',
    maxSessionDuration: Role?.MaxSessionDuration ?? 3600,
    path: Role?.Path ?? '/',
    permissionsBoundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn ?? '',
    roleLastUseds: [],
    tags: Object.fromEntries((Role?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    uniqueId: Role?.RoleId ?? '',
  }
}
