import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Client } from '../demo/client.ts'
import { clearTrouble, makeTrouble } from '../demo/control.ts'
import type { Stage } from '../demo/stage.ts'
import { summaryOf, timed, type Summary } from './measure.ts'

const rounds = 15
/** What a call to AWS takes, roughly. */
const awsDelayMs = 50

export interface HomeFigures {
  readonly floor: Summary
  readonly idle: Summary
  readonly preempting: Summary
}

/**
 * From `POST rollback` sent to the split read back from AWS as home, against one ModifyRule and one DescribeRules made directly; every
 * AWS call is answered after 50 ms. `toShifting` brings the workload to a step.
 */
export async function measureHome(
  stage: Stage,
  client: Client,
  name: string,
  toShifting: () => Promise<void>,
): Promise<HomeFigures> {
  const floor: number[] = []
  const idle: number[] = []
  const preempting: number[] = []
  const aws = awsOf(stage)
  for (let round = 0; round < rounds; round += 1) {
    await toShifting()
    await slowAws(stage)
    floor.push(await timeFloor(aws, await switchPointOf(client, name)))
    idle.push(await timeHome(client, name))
    await settled(stage, client, name)

    await toShifting()
    await client.open(name)
    await slowAws(stage)
    const { id } = await client.post(name, 'advance')
    await inTheMiddleOf(client, id)
    preempting.push(await timeHome(client, name))
    await settled(stage, client, name)
  }
  aws.destroy()
  return { floor: summaryOf(floor), idle: summaryOf(idle), preempting: summaryOf(preempting) }
}

const slowAws = (stage: Stage): Promise<void> =>
  makeTrouble(stage.ready, '/faults', { match: {}, effect: { delayMs: awsDelayMs } })

const awsOf = ({ ready: { env } }: Stage): ElasticLoadBalancingV2Client =>
  new ElasticLoadBalancingV2Client({
    region: env['AWS_REGION'] ?? '',
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  })

async function switchPointOf(client: Client, name: string): Promise<string> {
  const path = `/v1/migrations/small/workloads/${name}/outputs`
  return (await client.get<{ switchPoint: string }>(path)).switchPoint
}

/** The same write and the same read as a rollback's, over a warm connection. It writes what is there, so it changes nothing. */
async function timeFloor(aws: ElasticLoadBalancingV2Client, rule: string): Promise<number> {
  const read = new DescribeRulesCommand({ RuleArns: [rule] })
  const { Rules = [] } = await aws.send(read)
  const write = new ModifyRuleCommand({ RuleArn: rule, Actions: Rules[0]?.Actions })
  return timed(async () => {
    await aws.send(write)
    await aws.send(read)
  })
}

/** The service and this process share a clock: from the request sent, to the request received, to home. */
export async function timeHome(client: Client, name: string): Promise<number> {
  const sent = Date.now()
  const { id } = await client.post(name, 'rollback', { reason: 'bench' })
  for (;;) {
    const { homeMs, requestedAt } = await client.operation(id)
    if (homeMs !== null) return Date.parse(requestedAt) - sent + homeMs
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export async function settled(stage: Stage, client: Client, name: string): Promise<void> {
  await clearTrouble(stage.ready, '/faults')
  const { operation } = await client.workload(name)
  if (operation) await client.ended(operation.id)
  await client.removeHolds(name)
}

/** The engine has begun; a moment later its CLI and plugins are at work. */
async function inTheMiddleOf(client: Client, id: string): Promise<void> {
  while ((await client.operation(id)).state === 'queued');
  await new Promise((resolve) => setTimeout(resolve, 700))
}
