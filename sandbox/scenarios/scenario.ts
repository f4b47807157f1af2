import type { Account } from '../cloud/world.ts'
import type { CreateClusterCommandInput } from '@aws-sdk/client-eks'
import type { Cluster } from '../kubernetes/cluster.ts'
import type { Network } from '../network/network.ts'
import type { AwsClients } from './aws-clients.ts'

/** What a scenario builds with: the AWS and Kubernetes APIs, as the team did that had these services before we came. */
export interface Site {
  readonly aws: AwsClients
  /** green is null where the scenario leaves it to be built. */
  readonly clusters: { readonly blue: Cluster; readonly green: Cluster | null }
  readonly network: Network
  /** `host:port` of the VPC's resolver. */
  readonly dns: string
  /** Absolute paths of the clusters' kubeconfigs. */
  readonly kubeconfigs: Readonly<Record<'blue' | 'green', string>>
  /** Makes a running cluster known to EKS as one that it created long ago, by the account's operator. */
  standInEks(input: CreateClusterCommandInput): Promise<void>
}

/** Of a scenario that starts with two clusters. */
export function bothClusters({ clusters: { blue, green } }: Site): Readonly<Record<'blue' | 'green', Cluster>> {
  if (!green) throw new TypeError('this scenario starts without a green cluster')
  return { blue, green }
}

/**
 * Where a client reaches a workload: plain HTTP on this machine, or a name, to be asked of the resolver (`host:port`), whose
 * addresses are those of the VPC.
 */
export type FrontDoorAddress =
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly name: string; readonly resolver: string; readonly headers: Readonly<Record<string, string>> }

/** What the team's own delivery applies to a new cluster, in order, as often as one is built. */
export type Pipeline = (green: Cluster, signal: AbortSignal) => Promise<void>

/** What stands when a scenario is built. */
export interface Built {
  /** A cutover.yaml that fits, as plain data. */
  readonly inventory: object
  readonly frontDoors: Readonly<Record<string, FrontDoorAddress>>
  /** Every target of these is healthy before the sandbox is ready. */
  readonly targetGroups: readonly string[]
  /** Runs when a green that was to be built is ACTIVE and has nodes. */
  readonly pipeline?: Pipeline
}

export interface ScenarioCluster {
  readonly name: string
  readonly version: string
  /** `instances`: those of EC2 that carry the cluster's tag. Without, two that exist nowhere else. */
  readonly nodes?: 'instances'
}

/** Nobody has built it yet: it comes when EKS is asked for a cluster of this name. */
export interface AwaitedCluster {
  readonly name: string
  readonly version: null
}

export interface Scenario {
  readonly name: string
  readonly about: string
  /** The day that is played, `2022-12-05`; the real one unless said. */
  readonly today?: string
  /** What AWS has granted the account. */
  readonly account?: Partial<Account>
  readonly clusters: { readonly blue: ScenarioCluster; readonly green: ScenarioCluster | AwaitedCluster }
  build(site: Site): Promise<Built>
}
