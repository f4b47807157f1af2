import { readFile } from 'node:fs/promises'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { springTrap } from '../../demo/trap.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

/** Two controllers on one target group: why there are always two groups. */
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: 'small', timeScale: 60, plugins: false })
})
afterAll(async () => {
  await sandbox.stop()
})

it("green's controller removes every target that it does not know, first, and users feel it", async () => {
  sandbox.calls.clear()
  const { before, after, traffic } = await springTrap(sandbox.ready, { namespace: 'shop', name: 'search' }, 150)
  expect(before).toHaveLength(3)
  expect(after).toHaveLength(3)
  expect(after.filter((target) => before.includes(target))).toEqual([])
  expect(traffic.failed).toBeGreaterThan(0)
  const writes = sandbox.calls
    .recent()
    .map(({ operation }) => operation)
    .filter((operation) => /^(Register|Deregister)Targets$/.test(operation))
  // blue registers its own; then green: first it takes blue's away, then it adds its own
  expect(writes.slice(0, 3)).toEqual(['RegisterTargets', 'DeregisterTargets', 'RegisterTargets'])
})

it('is cleaned away: the workloads’ own groups are as they were', async () => {
  const { workloads } = parse(await readFile(sandbox.ready.inventory, 'utf8')) as {
    workloads: Record<string, { blueTargetGroup: string }>
  }
  for (const { blueTargetGroup } of Object.values(workloads)) {
    const { TargetHealthDescriptions = [] } = await sandbox.aws.elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: blueTargetGroup }),
    )
    expect(TargetHealthDescriptions.every(({ TargetHealth }) => TargetHealth?.State === 'healthy')).toBe(true)
  }
})
