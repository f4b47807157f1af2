import { readFile } from 'node:fs/promises'
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { scenarioOf } from '../../../sandbox/scenarios/scenarios.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'

test.each(['many', 'many:', 'many:0', 'many:07', 'many:1.5', 'many:201', 'many:4 '])(
  'there is no scenario %j',
  (name) => {
    expect(scenarioOf(name)).toBeUndefined()
  },
)

test('as many workloads as were asked for stand behind as few load balancers as AWS allows', async () => {
  const sandbox = await startSandbox({ scenario: 'many:41', timeScale: 60, plugins: false })
  try {
    const { workloads } = parse(await readFile(sandbox.ready.inventory, 'utf8')) as { workloads: object }
    expect(Object.keys(workloads)).toHaveLength(41)
    expect(Object.keys(sandbox.ready.frontDoors)).toEqual(Object.keys(workloads))
    const { LoadBalancers = [] } = await sandbox.aws.elbv2.send(new DescribeLoadBalancersCommand({}))
    expect(LoadBalancers).toHaveLength(2)
    const { url, headers } = sandbox.ready.frontDoors['service-041'] as { url: string; headers: { host: string } }
    expect(headers).toEqual({ host: 'service-041.shop.example' })
    expect(url).toMatch(/^http:\/\/127\./)
  } finally {
    await sandbox.stop()
  }
})
