import { readFile } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createAws, type Aws } from '../../../infra/aws/clients.ts'
import { createClusterReads } from '../../../infra/kubernetes/reads.ts'
import { home, splitFor } from '../../../infra/traffic.ts'
import type { AnyKind, Site, WorkloadOutputs } from '../../../infra/workloads/kind.ts'
import { kindOf, type KindName } from '../../../infra/workloads/kinds.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import type { LoggedCall } from '../../../sandbox/wire/call-log.ts'
import { ownCalls } from '../../support/own-calls.ts'
import { until } from '../../support/wait.ts'

/** Long beside whatever a busy machine puts between two calls that are made at once. Milliseconds. */
const delayMs = 400

let sandbox: Sandbox
let aws: Aws

afterEach(async () => {
  aws.close()
  await sandbox.stop()
})

async function standing(scenario: string, workload: string): Promise<{ kind: AnyKind; site: Site }> {
  sandbox = await startSandbox({ scenario, timeScale: 60, plugins: false })
  for (const [name, value] of Object.entries(sandbox.ready.env)) if (name.startsWith('AWS_')) process.env[name] = value
  aws = createAws({ region: sandbox.aws.region, endpoint: sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' })
  const { workloads } = parse(await readFile(sandbox.ready.inventory, 'utf8')) as {
    workloads: Record<string, { kind: KindName }>
  }
  const config = workloads[workload] ?? { kind: 'alb' }
  const kind = kindOf(config.kind)
  const { blue, green } = sandbox.ready.clusters
  const kubeconfig = green?.kubeconfig ?? ''
  const reads = { blue: createClusterReads(blue.kubeconfig), green: createClusterReads(kubeconfig) }
  const found = await kind.find(config, { aws, ...reads, claimed: () => false })
  return { kind, site: { migration: 'm', workload, config, found, green: { name: 'green', kubeconfig } } }
}

/** The calls of a way home and of its read-back, those of one line made at once. */
async function wayHome(kind: AnyKind, site: Site, outputs: WorkloadOutputs | null): Promise<string[][]> {
  await kind.observe.split(site, outputs, aws)
  sandbox.calls.clear()
  sandbox.faults.add({ match: {}, effect: { delayMs } })
  await kind.flip(site, outputs, home, aws)
  expect(await kind.observe.split(site, outputs, aws)).toEqual(home)
  sandbox.faults.clear()
  return inTurn(ownCalls(sandbox))
}

/** A call that begins before another has ended was made with it. */
function inTurn(calls: readonly LoggedCall[]): string[][] {
  const turns: { operations: string[]; endsAt: number }[] = []
  for (const { operation, at, ms } of calls.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const turn = turns.at(-1)
    const endsAt = at.getTime() + ms
    if (turn && at.getTime() < turn.endsAt - delayMs / 10) turn.operations.push(operation)
    else turns.push({ operations: [operation], endsAt })
  }
  return turns.map(({ operations }) => operations.sort())
}

it('brings an HTTP API that deploys itself home by one write, and reads what it serves at once', async () => {
  const { kind, site } = await standing('api-gateway', 'trend')
  const outputs = { targetGroups: {}, greenListener: 'of green' } as unknown as WorkloadOutputs
  expect(await wayHome(kind, site, outputs)).toEqual([['UpdateIntegration'], ['ExportApi', 'GetStage']])
})

it('takes green out of a shared group after one look, with which blue is attached', async () => {
  const { kind, site } = await standing('shared-nodes', 'stream')
  await kind.flip(site, null, splitFor(50), aws)
  await until('green is in the group', async () => {
    const { green } = await kind.observe.health(site, null, aws)
    return (green?.healthy ?? 0) > 0
  })
  const look = ['DescribeAutoScalingGroups', 'DescribeLoadBalancerTargetGroups', 'DescribeLoadBalancerTargetGroups']
  expect(await wayHome(kind, site, null)).toEqual([
    ['AttachLoadBalancerTargetGroups', ...look, 'DescribeTargetHealth'],
    ['DetachLoadBalancerTargetGroups'],
    [...look, 'DescribeTargetHealth'],
  ])
})
