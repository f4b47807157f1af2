import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAws, type Aws } from '../../../../infra/aws/clients.ts'
import { tagsFor, targetGroupNamePrefix } from '../../../../infra/names.ts'
import type { SwitchSite } from '../../../../infra/workloads/elbv2/found.ts'
import { removeTargetGroup } from '../../../../infra/workloads/elbv2/orphans.ts'
import { startSandbox, type Sandbox } from '../../../../sandbox/sandbox.ts'
import { until } from '../../../support/wait.ts'

let sandbox: Sandbox
let aws: Aws

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'small', timeScale: 60, plugins: false })
  for (const [name, value] of Object.entries(sandbox.ready.env)) if (name.startsWith('AWS_')) process.env[name] = value
  aws = createAws({ region: sandbox.aws.region, endpoint: sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' })
})
afterAll(async () => {
  aws.close()
  await sandbox.stop()
})

/** As a run of this workload makes it; its ARN. */
async function group(workload: string): Promise<string> {
  const { TargetGroups = [] } = await sandbox.aws.elbv2.send(
    new CreateTargetGroupCommand({
      Name: `${targetGroupNamePrefix}${workload}`,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      VpcId: await vpc(),
      Tags: Object.entries(tagsFor('m', workload, 'green')).map(([Key, Value]) => ({ Key, Value })),
    }),
  )
  return TargetGroups[0]?.TargetGroupArn ?? ''
}

const groups = async () =>
  (await sandbox.aws.elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.map((one) => one) ?? []
const vpc = async () => (await groups())[0]?.VpcId

it('finds what a run left though another workload’s group goes while it looks', async () => {
  const strangers = await group('another')
  const left = await group('search')
  const blue = (await groups()).find(({ TargetGroupArn }) => ![strangers, left].includes(TargetGroupArn ?? ''))
  const site = { migration: 'm', workload: 'search', found: { blueTargetGroup: { arn: blue?.TargetGroupArn } } }
  sandbox.faults.add({ match: { operation: 'DescribeTags' }, effect: { delayMs: 500 }, times: 1 })
  const removed = removeTargetGroup(site as unknown as SwitchSite, aws)
  await until('its tags are being asked for', () =>
    Promise.resolve(sandbox.faults.list().some(({ applied }) => applied === 1)),
  )
  await sandbox.aws.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: strangers }))
  expect(await removed).toBe(left)
  expect((await groups()).map(({ TargetGroupArn }) => TargetGroupArn)).not.toContain(left)
})
