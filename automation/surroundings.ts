import { noteCall } from './aws-writes.ts'
import type { AwsCall } from '../infra/aws/calls.ts'
import { createAws, type Aws, type AwsSettings } from '../infra/aws/clients.ts'
import { createClusterReads, type ClusterReads } from '../infra/kubernetes/reads.ts'
import type { Site } from '../infra/workloads/kind.ts'
import { greenOf } from './cluster/state.ts'
import type { Migration, MigrationHead, Workload } from './migration.ts'

/** The connections to AWS and to clusters, made once each and shared by everything that reads. */
export interface Connections {
  aws(region: string): Aws
  cluster(kubeconfig: string): ClusterReads
  /** Green's cluster. One that is not built yet answers every question with GreenNotBuilt. */
  green(migration: Migration): ClusterReads
  close(): void
}

export function createConnections(
  settings: Omit<AwsSettings, 'region'>,
  onCall: (call: AwsCall) => void = () => undefined,
): Connections {
  const told = (call: AwsCall): void => {
    noteCall(call)
    onCall(call)
  }
  const regions = new Map<string, Aws>()
  const clusters = new Map<string, ClusterReads>()
  const cluster = (kubeconfig: string, key = kubeconfig) =>
    remember(clusters, key, () => createClusterReads(kubeconfig))
  return {
    aws: (region) => remember(regions, region, () => createAws({ ...settings, region, onCall: told })),
    cluster: (kubeconfig) => cluster(kubeconfig),
    green: (migration) => {
      const green = greenOf(migration)
      // built anew it has another endpoint behind the same path
      return green ? cluster(green.kubeconfig, `${green.kubeconfig} ${migration.cluster?.outputs?.endpoint}`) : notBuilt
    },
    close: () => {
      for (const aws of regions.values()) aws.close()
    },
  }
}

function remember<T>(map: Map<string, T>, key: string, make: () => T): T {
  const existing = map.get(key)
  if (existing !== undefined) return existing
  const made = make()
  map.set(key, made)
  return made
}

/** There is nobody to ask yet; for a gate that is unknown, and not a failure. */
class GreenNotBuilt extends Error {
  constructor() {
    super("green's cluster is not built yet")
    this.name = 'GreenNotBuilt'
  }
}

const noAnswer = () => Promise.reject(new GreenNotBuilt())
const notBuilt: ClusterReads = {
  bindings: noAnswer,
  nodePorts: noAnswer,
  readyEndpoints: noAnswer,
  readyNodes: noAnswer,
}

/** What a kind works with, once the workload's switch point has been found. */
export function siteOf(workload: Workload, migration: MigrationHead): Site {
  if (!workload.found) throw new Error(`${workload.name} has no switch point on record yet`)
  return {
    migration: workload.migration,
    workload: workload.name,
    config: workload.entry,
    found: workload.found,
    // without a cluster there is nothing in green, and nothing of a plan that needs it
    green: greenOf(migration) ?? { name: migration.inventory.green.cluster, kubeconfig: '' },
  }
}
