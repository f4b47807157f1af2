import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2'
import { startTestWire, type TestWire } from '../wire/fixture.ts'

/** A VPC with a security group for pods, over the wire. */
export class TestVpc {
  readonly it: TestWire
  readonly ec2: EC2Client
  readonly vpcId: string
  readonly pods: string

  static async create(): Promise<TestVpc> {
    const it = await startTestWire()
    const ec2 = new EC2Client(it.client)
    const vpcId = await createVpc(ec2)
    return new TestVpc(it, ec2, vpcId, await createGroup(ec2, 'pods', vpcId))
  }

  constructor(it: TestWire, ec2: EC2Client, vpcId: string, pods: string) {
    this.it = it
    this.ec2 = ec2
    this.vpcId = vpcId
    this.pods = pods
  }

  async close(): Promise<void> {
    this.ec2.destroy()
    await this.it.close()
  }

  /** A VPC beside this one. */
  createVpc(): Promise<string> {
    return createVpc(this.ec2)
  }

  createGroup(name: string, vpcId = this.vpcId): Promise<string> {
    return createGroup(this.ec2, name, vpcId)
  }

  /** Lets into the pods' group; the ids of the rules. */
  async allow(IpPermissions: IpPermission[]): Promise<string[]> {
    const authorize = new AuthorizeSecurityGroupIngressCommand({ GroupId: this.pods, IpPermissions })
    const { SecurityGroupRules = [] } = await this.ec2.send(authorize)
    return SecurityGroupRules.map((rule) => rule.SecurityGroupRuleId ?? '')
  }

  /** What the pods' group lets in. */
  async ingress(): Promise<IpPermission[] | undefined> {
    const describe = new DescribeSecurityGroupsCommand({ GroupIds: [this.pods] })
    return (await this.ec2.send(describe)).SecurityGroups?.[0]?.IpPermissions
  }

  /** The error that a command is answered with; its output when there is none. */
  refusal(command: unknown): Promise<unknown> {
    const client = this.ec2 as { send(command: unknown): Promise<unknown> }
    return client.send(command).catch((error: unknown) => error)
  }
}

async function createVpc(ec2: EC2Client): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  return Vpc?.VpcId ?? ''
}

async function createGroup(ec2: EC2Client, GroupName: string, VpcId: string): Promise<string> {
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }))
  return GroupId ?? ''
}

export const http = (port: number, source: Partial<IpPermission>): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...source,
})

export const fromVpc = { IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'the VPC' }] }
