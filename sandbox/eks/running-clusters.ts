import type { Clock } from '../clock.ts'
import type { ControlPlane, ControlPlaneRequest, ControlPlanes } from '../cloud/eks/control-planes.ts'
import type { World } from '../cloud/world.ts'
import { instanceNodes } from '../instance-nodes.ts'
import type { AwsAccess } from '../kubernetes/aws-access.ts'
import { startCluster, type Cluster } from '../kubernetes/cluster.ts'
import type { VpcAddresses } from '../kubernetes/pods/addresses.ts'
import type { Identity } from '../kubernetes/server/authorization.ts'
import type { AddressBook } from '../network/addresses.ts'
import { identityIn } from './access.ts'
import { accessKeyOf } from './tokens.ts'

export interface Surroundings {
  readonly world: World
  readonly clock: Clock
  readonly addresses: AddressBook
  readonly vpc: VpcAddresses
  readonly access: AwsAccess
  /** What the pods of a cluster say that they are. */
  readonly colourOf: (cluster: string) => 'blue' | 'green'
  /** Told the name of a cluster that EKS has brought up or taken away. */
  readonly onChange: (cluster: string) => void
}

export interface ClusterRequest {
  readonly name: string
  readonly version: string
  /** `instances`: those of EC2 that carry the cluster's tag. Without, two that exist nowhere else. */
  readonly nodes?: 'instances'
}

/** The clusters that run, by name: those that a scenario starts with, and an API server for each that EKS creates. */
export class RunningClusters implements ControlPlanes {
  readonly #surroundings: Surroundings
  readonly #clusters = new Map<string, Cluster>()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  get(name: string): Cluster | undefined {
    return this.#clusters.get(name)
  }

  /** Brings a cluster up past EKS. */
  async run({ name, version, nodes }: ClusterRequest): Promise<Cluster> {
    const { world, clock, addresses, vpc, access, colourOf } = this.#surroundings
    const cluster = await startCluster({
      name,
      version,
      colour: colourOf(name),
      vpc,
      addresses,
      clock,
      aws: access,
      authenticate: (token) => this.#identityOf(name, token),
      ...(nodes === 'instances' ? { nodes: instanceNodes(world, name) } : {}),
    })
    this.#clusters.set(name, cluster)
    return cluster
  }

  /** A cluster that runs already is the one that EKS stands in front of. */
  async start({ name, version }: ControlPlaneRequest): Promise<ControlPlane> {
    const { url, certificateAuthority } =
      this.#clusters.get(name) ?? (await this.run({ name, version, nodes: 'instances' }))
    // After EKS has made it ACTIVE.
    setImmediate(() => this.#surroundings.onChange(name))
    return { endpoint: url, certificateAuthority }
  }

  async stop(name: string): Promise<void> {
    const cluster = this.#clusters.get(name)
    this.#clusters.delete(name)
    this.#surroundings.onChange(name)
    await cluster?.stop()
  }

  async stopAll(): Promise<void> {
    const all = [...this.#clusters.values()]
    this.#clusters.clear()
    await Promise.all(all.map((cluster) => cluster.stop()))
  }

  #identityOf(cluster: string, token: string): Identity | undefined {
    const { world, access } = this.#surroundings
    const record = world.eks.clusters.get(cluster)
    if (!record) return undefined
    const secretOf = (accessKeyId: string) =>
      accessKeyId === access.accessKeyId ? access.secretAccessKey : world.iam.sessions.get(accessKeyId)?.secretAccessKey
    const sts = [access.endpoint, 'https://sts.amazonaws.com', `https://sts.${world.region}.amazonaws.com`]
    const accessKeyId = accessKeyOf(token, { cluster, sts, secretOf, now: new Date() })
    return accessKeyId === undefined ? undefined : identityIn(world, record, accessKeyId)
  }
}
