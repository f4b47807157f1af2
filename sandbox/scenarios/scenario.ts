import type { Account } from '../cloud/world.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import type { Network } from '../network/network.ts'
import type { AwsClients } from './aws-clients.ts'

/** What a scenario builds with: the AWS and Kubernetes APIs, as the team did that had these services before we came. */
export interface Site {
  readonly aws: AwsClients
  readonly clusters: Readonly<Record<'blue' | 'green', Cluster>>
  readonly network: Network
  /** Absolute paths of the clusters' kubeconfigs. */
  readonly kubeconfigs: Readonly<Record<'blue' | 'green', string>>
}

/** Where a client reaches a workload: plain HTTP on this machine. */
export interface FrontDoorAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What stands when a scenario is built. */
export interface Built {
  /** A cutover.yaml that fits, as plain data. */
  readonly inventory: object
  readonly frontDoors: Readonly<Record<string, FrontDoorAddress>>
  /** Every target of these is healthy before the sandbox is ready. */
  readonly targetGroups: readonly string[]
}

export interface ScenarioCluster {
  readonly name: string
  readonly version: string
  /** `instances`: those of EC2 that carry the cluster's tag. Without, two that exist nowhere else. */
  readonly nodes?: 'instances'
}

export interface Scenario {
  readonly name: string
  readonly about: string
  /** What AWS has granted the account. */
  readonly account?: Partial<Account>
  readonly clusters: Readonly<Record<'blue' | 'green', ScenarioCluster>>
  build(site: Site): Promise<Built>
}
