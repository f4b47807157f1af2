import { CreateClusterCommand, DescribeClusterCommand, EKSClient, type Cluster } from '@aws-sdk/client-eks'
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import type { WorldOptions } from '../../../sandbox/cloud/world.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { accountId, region, startTestWire, type TestWire } from '../wire/fixture.ts'

export const december2022 = new Date('2022-12-15')

const trust = '{"Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'

/** Time that passes when a test says so, and never by itself. */
export class StillClock extends Clock {
  #now = 0
  #planned: { at: number; act: () => void }[] = []

  override after(seconds: number, act: () => void): () => void {
    const plan = { at: this.#now + seconds, act }
    this.#planned.push(plan)
    return () => (this.#planned = this.#planned.filter((other) => other !== plan))
  }

  /** Everything that is due within so many AWS seconds happens in its order, and so does what is planned meanwhile. */
  pass(seconds: number): void {
    const until = this.#now + seconds
    for (;;) {
      const [next] = this.#planned.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#planned = this.#planned.filter((plan) => plan !== next)
      this.#now = next.at
      next.act()
    }
    this.#now = until
  }
}

/** An account with a VPC of two zones and a role, over the wire. */
export class TestEks {
  readonly it: TestWire
  readonly clock: StillClock
  readonly eks: EKSClient
  readonly vpcId: string
  readonly subnetIds: string[]
  readonly roleArn = `arn:aws:iam::${accountId}:role/eks`

  static async create(options: Partial<WorldOptions> = {}): Promise<TestEks> {
    const clock = new StillClock()
    const it = await startTestWire(services, { clock, today: new Date('2026-07-01'), ...options })
    const ec2 = new EC2Client(it.client)
    const iam = new IAMClient(it.client)
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
    const subnetIds: string[] = []
    for (const [index, zone] of ['a', 'b'].entries()) {
      const place = { CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `${region}${zone}` }
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, ...place }))
      subnetIds.push(Subnet?.SubnetId ?? '')
    }
    await iam.send(new CreateRoleCommand({ RoleName: 'eks', AssumeRolePolicyDocument: trust }))
    ec2.destroy()
    iam.destroy()
    return new TestEks(it, clock, Vpc?.VpcId ?? '', subnetIds)
  }

  constructor(it: TestWire, clock: StillClock, vpcId: string, subnetIds: string[]) {
    this.it = it
    this.clock = clock
    this.eks = new EKSClient(it.client)
    this.vpcId = vpcId
    this.subnetIds = subnetIds
  }

  async close(): Promise<void> {
    this.eks.destroy()
    await this.it.close()
    expect(this.it.bugs).toEqual([])
  }

  /** With API access and version 1.33 unless `more` says otherwise. */
  createCommand(name: string, more: Partial<CreateClusterCommand['input']> = {}): CreateClusterCommand {
    return new CreateClusterCommand({
      name,
      version: '1.33',
      roleArn: this.roleArn,
      resourcesVpcConfig: { subnetIds: this.subnetIds },
      accessConfig: { authenticationMode: 'API' },
      ...more,
    })
  }

  async describe(name: string): Promise<Cluster> {
    const { cluster } = await this.eks.send(new DescribeClusterCommand({ name }))
    if (!cluster) throw new Error(`no cluster ${name}`)
    return cluster
  }

  async activeCluster(name: string, more: Partial<CreateClusterCommand['input']> = {}): Promise<Cluster> {
    await this.eks.send(this.createCommand(name, more))
    this.clock.pass(600)
    const cluster = await this.describe(name)
    expect(cluster.status).toBe('ACTIVE')
    return cluster
  }

  /** The error that a command is answered with; its output when there is none. */
  refusal(command: unknown): Promise<unknown> {
    const client = this.eks as { send(command: unknown): Promise<unknown> }
    return client.send(command).catch((error: unknown) => error)
  }
}
