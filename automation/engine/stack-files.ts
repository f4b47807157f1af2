import { createHmac } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { providerOptions, type AwsSettings } from '../../infra/aws/clients.ts'
import type { ClusterSite, ClusterStage } from '../../infra/cluster/stage.ts'
import { ownTokenCommand } from '../../infra/cluster/token-command.ts'
import { kubeconfig } from '../../infra/cluster/kubeconfig.ts'
import type { ClusterOutputs } from '../../infra/cluster/outputs.ts'
import { clusterStack, project, stackName } from '../../infra/names.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import type { Migration, Workload } from '../migration.ts'
import { siteOf } from '../surroundings.ts'
import type { Task } from './engine.ts'
import { configFile, hasSecret, isMade, writeProject, writeStackConfig } from './stack-config.ts'

export interface StackFilesOptions {
  /** A folder per stack is made in it. */
  readonly folder: string
  readonly aws: Omit<AwsSettings, 'region'>
  /** Plugin name to the folder of its executable; empty: where Pulumi looks by itself. */
  readonly plugins: Readonly<Record<string, string>>
  /** The passphrase that also encrypts the stacks' secrets. */
  readonly passphrase: string
  /** What the CLI has in its environment. */
  readonly environment: Readonly<Record<string, string>>
}

export interface ByHand {
  readonly environment: Readonly<Record<string, string>>
  readonly preview: string
  readonly up: string
  /** To be run once before an `up`, which moves traffic past the gates. */
  readonly upNeeds?: string
}

/** Whose stack it is: a workload's, or under the name of its stack a cluster's. */
type Owner = Pick<Workload, 'migration' | 'name'>

type Place = Pick<Task, 'stack' | 'folder'>

/** The engine's files of each stack: what it runs from, by the service as by hand. */
export class StackFiles {
  readonly #options: StackFilesOptions

  constructor(options: StackFilesOptions) {
    this.#options = options
  }

  task(workload: Owner, { id, fence }: Pick<Task, 'fence'> & { readonly id: string }, urgent: boolean): Task {
    return { operation: id, fence, ...this.#place(workload), urgent }
  }

  #place({ migration, name }: Owner): Place {
    const stack = stackName(migration, name)
    return { stack, folder: join(this.#options.folder, stack) }
  }

  /** Writes what the program reads. `planned`: beside the real config, for a preview of what has not begun. */
  async write(workload: Workload, migration: Migration, stage: Stage, options: WriteOptions = {}): Promise<string> {
    const { folder, stack } = this.#place(workload)
    const target = options.planned ? join(folder, `planned.${stack}.yaml`) : configFile(folder, stack)
    await writeStackConfig(folder, stack, target, {
      program: 'workload',
      kind: workload.kind,
      site: siteOf(workload, migration),
      stage,
      aws: providerOptions({ ...this.#options.aws, region: migration.inventory.aws.region }),
      ...(stage.switchPoint === 'left-out' && workload.outputs ? { outputs: workload.outputs } : {}),
      ...(options.deleteUnreachable ? { deleteUnreachable: true } : {}),
    })
    return target
  }

  /** The same for green's cluster. Its Kubernetes plugin gets tokens by our own command. */
  async writeCluster(
    site: ClusterSite,
    stage: ClusterStage,
    options: Pick<WriteOptions, 'planned'> = {},
  ): Promise<string> {
    const { migration, region, config } = site
    const { folder, stack } = this.#clusterPlace(migration)
    const target = options.planned ? join(folder, `planned.${stack}.yaml`) : configFile(folder, stack)
    const { endpoint } = this.#options.aws
    const token = ownTokenCommand({ cluster: config.cluster, region, ...(endpoint ? { endpoint } : {}) })
    const aws = providerOptions({ ...this.#options.aws, region })
    await writeStackConfig(folder, stack, target, { program: 'cluster', site, stage, aws, token })
    return target
  }

  /** Makes the folder of the cluster's stack ready for the engine. true: the stack was made in it already. */
  async prepareCluster(migration: string): Promise<boolean> {
    const { folder, stack } = this.#clusterPlace(migration)
    await writeProject(folder, this.#options.plugins)
    return isMade(folder, stack)
  }

  /** Where our own reads and runs find green: the same path for the life of a migration. */
  kubeconfigOf(migration: string): string {
    return join(this.#clusterPlace(migration).folder, 'green.kubeconfig')
  }

  /** Writes it. No secret is in it: tokens are made when they are needed. */
  async writeKubeconfig(migration: string, region: string, outputs: ClusterOutputs): Promise<string> {
    const { clusterName: name, endpoint: server, certificateAuthority } = outputs
    const { endpoint } = this.#options.aws
    const command = ownTokenCommand({ cluster: name, region, ...(endpoint ? { endpoint } : {}) })
    const path = this.kubeconfigOf(migration)
    const partial = `${path}.${process.pid}.tmp`
    await writeFile(partial, kubeconfig({ name, endpoint: server, certificateAuthority }, command), { mode: 0o600 })
    await rename(partial, path)
    return path
  }

  #clusterPlace(migration: string): Place {
    return this.#place({ migration, name: clusterStack })
  }

  /**
   * What a person types in the checkout to see what the service would do, or in need to do it: the same program, config, state and
   * passphrase. An `up` of a workload is refused unless its config says that it is meant.
   */
  byHand(workload: Owner): ByHand {
    const { folder, stack } = this.#place(workload)
    const options = `--stack ${stack} --config-file ${configFile(folder, stack)}`
    return {
      environment: this.#options.environment,
      preview: `pulumi preview ${options}`,
      up: `pulumi up ${options}`,
      ...(workload.name === clusterStack ? {} : { upNeeds: `pulumi config set ${project}:byHand true ${options}` }),
    }
  }

  /** Makes the stack's folder ready for the engine. true: the stack was made in it already, with its secret. */
  async prepare(workload: Workload): Promise<boolean> {
    const { folder, stack } = this.#place(workload)
    await writeProject(folder, this.#options.plugins)
    return hasSecret(folder, stack, 'testRoute')
  }

  /**
   * The value that opens a workload's test route. Derived from the passphrase rather than kept, so that it is nowhere at rest
   * but encrypted in the stack's config, and in the rule that asks for it.
   */
  testRouteSecret(workload: Pick<Workload, 'migration' | 'name'>): string {
    const name = `test-route/${workload.migration}/${workload.name}`
    return createHmac('sha256', this.#options.passphrase).update(name).digest('hex')
  }
}

export interface WriteOptions {
  readonly planned?: boolean
  readonly deleteUnreachable?: boolean
}
