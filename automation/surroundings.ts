import { createAws, type Aws, type AwsSettings } from '../infra/aws/clients.ts'
import { createClusterReads, type ClusterReads } from '../infra/kubernetes/reads.ts'
import type { Site } from '../infra/workloads/kind.ts'
import type { Migration, Workload } from './migration.ts'

/** The connections to AWS and to clusters, made once each and shared by everything that reads. */
export interface Connections {
  aws(region: string): Aws
  cluster(kubeconfig: string): ClusterReads
  close(): void
}

export function createConnections(settings: Omit<AwsSettings, 'region'>): Connections {
  const regions = new Map<string, Aws>()
  const clusters = new Map<string, ClusterReads>()
  return {
    aws: (region) => remember(regions, region, () => createAws({ ...settings, region })),
    cluster: (kubeconfig) => remember(clusters, kubeconfig, () => createClusterReads(kubeconfig)),
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

/** What a kind works with, once the workload's switch point has been found. */
export function siteOf(workload: Workload, { inventory }: Migration): Site {
  if (!workload.found) throw new Error(`${workload.name} has no switch point on record yet`)
  return {
    migration: workload.migration,
    workload: workload.name,
    config: workload.entry,
    found: workload.found,
    green: { name: inventory.green.cluster, kubeconfig: inventory.green.kubeconfig },
  }
}
