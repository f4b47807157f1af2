import { autoscaling } from '../../../sandbox/cloud/autoscaling/operations.ts'
import { ec2 } from '../../../sandbox/cloud/ec2/operations.ts'
import { elbv2 } from '../../../sandbox/cloud/elbv2/operations.ts'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import type { World } from '../../../sandbox/cloud/world.ts'
import { createSetting, type Setting } from '../elbv2/fixture.ts'

const caller = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', requestId: 'test' }

export interface Account extends Setting {
  /** Calls an operation of Auto Scaling, or else of EC2, or else of Elastic Load Balancing. */
  aws: (name: string, input?: object) => Promise<any>
  /** `code: message` of the error that it is answered with. */
  refusal: (name: string, input: object) => Promise<string>
}

/** The VPC and the load balancer of `createSetting`, and a launch template `node` whose group of instances is `nodes`. */
export async function createAccount(scale: number): Promise<Account> {
  const setting = await createSetting(scale)
  return withNodes(setting)
}

export async function withNodes<Given extends Setting>(setting: Given): Promise<Given & Account> {
  const { world, vpcId } = setting
  const tables: Operations[] = [autoscaling, ec2, elbv2]
  const aws = async (name: string, input: object = {}): Promise<any> => {
    const operation = tables.map((table) => table[name]).find((found) => found !== undefined)
    if (!operation) throw new Error(`no operation ${name}`)
    return operation(world, input, caller)
  }
  const { GroupId } = await aws('CreateSecurityGroup', { GroupName: 'nodes', Description: 'nodes', VpcId: vpcId })
  await aws('CreateLaunchTemplate', {
    LaunchTemplateName: 'node',
    LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm6i.large', SecurityGroupIds: [GroupId] },
  })
  return {
    ...setting,
    aws,
    refusal: async (name, input) => {
      const failure: unknown = await aws(name, input).catch((error: unknown) => error)
      if (failure instanceof AwsError) return `${failure.code}: ${failure.message}`
      throw new Error(`${name} was not refused`, { cause: failure })
    },
  }
}

/** A group from the launch template in both subnets, with `size` instances. */
export async function addAutoScalingGroup(account: Account, name: string, size: number, more: object = {}) {
  await account.aws('CreateAutoScalingGroup', {
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateName: 'node' },
    MinSize: size,
    MaxSize: size + 3,
    VPCZoneIdentifier: account.subnets.join(','),
    ...more,
  })
}

/** Its instances by id, each `lifecycle health`. */
export function membersOf({ world }: { world: World }, name: string): Record<string, string> {
  const members = world.autoscaling.groups.get(name)?.members.values() ?? []
  return Object.fromEntries([...members].map((it) => [it.instanceId, `${it.life.state} ${it.health}`]))
}

/** Those in service. */
export const inService = (account: { world: World }, name: string): string[] =>
  Object.entries(membersOf(account, name)).flatMap(([id, state]) => (state === 'InService Healthy' ? [id] : []))
