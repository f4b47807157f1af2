import {
  DescribeTargetHealthCommand,
  type DeregisterTargetsInput,
  type RegisterTargetsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { Clock } from '../../../sandbox/clock.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { Faults } from '../../../sandbox/faults.ts'
import type { AwsAccess } from '../../../sandbox/kubernetes/aws-access.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { Network } from '../../../sandbox/network/network.ts'
import { awsClients, type AwsClients } from '../../../sandbox/scenarios/aws-clients.ts'
import { createAlb, createRoute, createVpc, urlOf } from '../../../sandbox/scenarios/network.ts'
import { startWire } from '../../../sandbox/wire/wire.ts'
import { until } from '../../support/wait.ts'
import { podNamed, type PodName } from './pods.ts'

export type Colour = 'blue' | 'green'

/** AWS's minutes are seconds. The controllers, real and simulated, keep the time of the day. */
const timeScale = 60
const region = 'eu-central-1'

/** An AWS with one VPC and one load balancer, for two clusters whose calls are told apart by their access keys. */
export interface TrapAws {
  readonly vpcId: string
  readonly addresses: AddressBook
  accessOf(colour: Colour): AwsAccess
  /** A target group in use. Its ARN; known by its name in `writes` and `plain`. */
  createGroup(name: string): Promise<string>
  /** Resolves when these pods are the group's targets, those on their way out apart, and all are healthy. */
  untilServedBy(arn: string, pods: readonly PodName[]): Promise<void>
  /** `green deregisters blue-1 blue-2 in shared`: what the controllers wrote since `forget`, in order. */
  writes(): string[]
  /** How often the controllers called each operation since `forget`, failures with their code. */
  calls(): Record<string, number>
  forget(): void
  /** The text with the groups' names in the place of their ARNs. */
  plain(text: string): string
  stop(): Promise<void>
}

const verbs: Readonly<Record<string, string>> = { RegisterTargets: 'registers', DeregisterTargets: 'deregisters' }

export async function startTrapAws(): Promise<TrapAws> {
  const clock = new Clock(timeScale)
  const world = createWorld({ region, accountId: '123456789012', clock })
  const wire = await startWire({ world, services, faults: new Faults() })
  const addresses = new AddressBook()
  const network = new Network(world, addresses)
  network.start()
  const access = (name: string): AwsAccess => ({
    endpoint: wire.url,
    region,
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretAccessKey: 'secret',
  })
  const aws = awsClients(access('team'))
  const vpc = await createVpc(aws)
  const { listenerArn, loadBalancerArn } = await createAlb(aws, vpc, 'shop')
  await urlOf(network, loadBalancerArn)
  const groups = new Map<string, string>()

  const colourOf = (key: string) => (['blue', 'green'] as const).find((colour) => access(colour).accessKeyId === key)
  const ofControllers = () => wire.calls.recent().filter(({ accessKeyId }) => colourOf(accessKeyId))
  return {
    vpcId: vpc.vpcId,
    addresses,
    accessOf: access,
    async createGroup(name) {
      const route = { name, host: `${name}.shop.example`, priority: groups.size + 1 }
      const { targetGroupArn } = await createRoute(aws, vpc, listenerArn, route)
      groups.set(targetGroupArn, name)
      return targetGroupArn
    },
    untilServedBy: (arn, pods) =>
      until(`${groups.get(arn)} is served by ${pods.join(' ') || 'nobody'}`, async () => {
        const targets = (await targetsOf(aws, arn)).filter(({ state }) => state !== 'draining')
        const names = targets.map(({ pod }) => pod).sort()
        return names.join() === [...pods].sort().join() && targets.every(({ state }) => state === 'healthy')
      }),
    writes: () =>
      ofControllers().flatMap(({ accessKeyId, operation, input, errorCode }) => {
        const verb = verbs[operation]
        if (!verb) return []
        const { TargetGroupArn = '', Targets = [] } = input as RegisterTargetsInput & DeregisterTargetsInput
        const pods = Targets.map(({ Id }) => podNamed(Id)).join(' ')
        const failure = errorCode ? `: ${errorCode}` : ''
        return [`${colourOf(accessKeyId)} ${verb} ${pods} in ${groups.get(TargetGroupArn)}${failure}`]
      }),
    calls() {
      const names = ofControllers().map(({ service, operation, errorCode }) =>
        [`${service}.${operation}`, ...(errorCode ? [errorCode] : [])].join(' '),
      )
      return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))
    },
    forget: () => wire.calls.clear(),
    plain: (text) => [...groups].reduce((rest, [arn, name]) => rest.replaceAll(arn, name), text),
    async stop() {
      aws.close()
      await network.stop()
      await wire.close()
      clock.stop()
    },
  }
}

async function targetsOf({ elbv2 }: AwsClients, TargetGroupArn: string) {
  const { TargetHealthDescriptions = [] } = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
  return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
    pod: podNamed(Target?.Id),
    state: TargetHealth?.State,
  }))
}
