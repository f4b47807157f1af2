import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import type { Client, OperationAnswer } from './client.ts'

interface ClusterAnswer {
  readonly cluster: string
  readonly state: string
  readonly version: { readonly wanted: string | null; readonly built: string | null }
  readonly sentence: string
}

/** Green's cluster as the report has it. */
export interface ClusterReport {
  readonly name: string
  readonly version: string
  readonly state: string
  /** From the request to the end of the `up`. */
  readonly upSeconds: number
  /** From the end of the `up` until every service answered in green. */
  readonly deployedSeconds: number
}

const pipelineSeconds = 180

/** Builds green's cluster through the service, and waits until the team's pipeline has deployed what shall move there. */
export async function buildGreen(
  client: Client,
  account: Account,
  workloads: readonly string[],
): Promise<ClusterReport> {
  account.say('cluster', 'POST cluster/up: control plane, nodes, add-ons, access, the load-balancer controller')
  const asked = Date.now()
  const operation = await client.actOnCluster('up', { reason: 'demo' })
  const built = await client.get<ClusterAnswer>(client.clusterPath)
  const { cluster: name, state, sentence } = built
  const version = built.version.built ?? ''
  const upSeconds = seconds(operation)
  account.say('cluster', `${sentence} (${name} ${version}, up in ${upSeconds.toFixed(1)} s)`, 'green')
  const upAt = Date.now()
  for (const workload of workloads) {
    await until(async () => {
      const { gates } = await client.workload(workload)
      return gates.every((gate) => gate.name !== 'green-ready' || gate.state === 'open')
    })
  }
  const deployedSeconds = (Date.now() - upAt) / 1000
  account.say(
    'cluster',
    `ready for the first of them ${((Date.now() - asked) / 1000).toFixed(1)} s after it was asked for`,
  )
  return { name, version, state, upSeconds, deployedSeconds }
}

const seconds = ({ requestedAt, finishedAt }: OperationAnswer): number =>
  (Date.parse(finishedAt ?? '') - Date.parse(requestedAt)) / 1000

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + pipelineSeconds * 1000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`green was not ready within ${pipelineSeconds} s`)
    await sleep(250)
  }
}
