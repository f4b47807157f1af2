import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { providerOptions, type AwsSettings } from '../../infra/aws/clients.ts'
import type { ClusterSite, ClusterStage } from '../../infra/cluster/stage.ts'
import { ownTokenCommand } from '../../infra/cluster/token-command.ts'
import { clusterStack, project, stackName } from '../../infra/names.ts'
import type { WorkloadStackConfig } from '../../infra/programs.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import { kubeconfigPath } from '../cluster/kubeconfigs.ts'
import type { Migration, Workload } from '../migration.ts'
import { siteOf } from '../surroundings.ts'
import type { Task } from './engine.ts'
import { configFile, isMade, readKept, writeProject, writeStackConfig, type KeptConfig } from './stack-config.ts'

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

/** Where what the CLI wrote into the stacks' files is kept for every service of the journal. `keep`: what was kept first stays. */
export interface StackKeeper {
  get(stack: string): Promise<KeptConfig | null>
  keep(stack: string, kept: KeptConfig): Promise<KeptConfig>
}

/** The engine's files of each stack: what it runs from, by the service as by hand. They are made from the journal, on any machine. */
export class StackFiles {
  readonly #options: StackFilesOptions
  readonly #keeper: StackKeeper

  constructor(options: StackFilesOptions, keeper: StackKeeper) {
    this.#options = options
    this.#keeper = keeper
  }

  task(workload: Owner, { id, fence }: Pick<Task, 'fence'> & { readonly id: string }, urgent: boolean): Task {
    return { operation: id, fence, ...this.#place(workload), urgent }
  }

  #place({ migration, name }: Owner): Place {
    const stack = stackName(migration, name)
    return { stack, folder: join(this.#options.folder, stack) }
  }

  /** Writes what the program reads. */
  async write(workload: Workload, migration: Migration, stage: Stage, options: WriteOptions = {}): Promise<string> {
    const target = this.#target(workload, options)
    const config: WorkloadStackConfig = {
      program: 'workload',
      kind: workload.kind,
      site: siteOf(workload, migration),
      stage,
      aws: providerOptions({ ...this.#options.aws, region: migration.inventory.aws.region }),
      ...(stage.switchPoint === 'left-out' && workload.outputs ? { outputs: workload.outputs } : {}),
      ...(options.deleteUnreachable ? { deleteUnreachable: true } : {}),
    }
    await writeStackConfig(target, config, await this.#kept(workload))
    return target
  }

  /** The same for green's cluster. Its Kubernetes plugin gets tokens by our own command. */
  async writeCluster(
    site: ClusterSite,
    stage: ClusterStage,
    options: Pick<WriteOptions, 'beside'> = {},
  ): Promise<string> {
    const { migration, region, config } = site
    const owner = { migration, name: clusterStack }
    const target = this.#target(owner, options)
    const { endpoint } = this.#options.aws
    const token = ownTokenCommand({ cluster: config.cluster, region, ...(endpoint ? { endpoint } : {}) })
    const aws = providerOptions({ ...this.#options.aws, region })
    await writeStackConfig(target, { program: 'cluster', site, stage, aws, token }, await this.#kept(owner))
    return target
  }

  /** Where our own reads and runs find green. */
  kubeconfigOf(migration: string): string {
    return kubeconfigPath(this.#options.folder, migration)
  }

  /**
   * What a person types in the checkout to see what the service would do, or in need to do it: the same program, config, state and
   * passphrase. `file`: the config, of their own, which the service does not write while they work with it. An `up` of a workload
   * is refused unless its config says that it is meant.
   */
  byHand(workload: Owner, file: string): ByHand {
    const { stack } = this.#place(workload)
    const options = `--stack ${stack} --config-file ${file}`
    return {
      environment: this.#options.environment,
      preview: `pulumi preview ${options}`,
      up: `pulumi up ${options}`,
      ...(workload.name === clusterStack ? {} : { upNeeds: `pulumi config set ${project}:byHand true ${options}` }),
    }
  }

  /** Makes the stack's folder ready for the engine. true: the stack was made already, with its secrets. */
  async prepare(owner: Owner): Promise<boolean> {
    const { folder, stack } = this.#place(owner)
    await writeProject(folder, this.#options.plugins)
    const kept = await this.#kept(owner)
    if (!isMade(kept, secretsOf(owner))) return false
    // runs that need no config of ours look for the stack's secrets there, and would make others where it is missing
    if (!existsSync(configFile(folder, stack))) await writeStackConfig(configFile(folder, stack), {}, kept)
    return true
  }

  /** Of the journal; else, and then into it, of the file on this machine, where the CLI has just made the stack. */
  async #kept(owner: Owner): Promise<KeptConfig> {
    const { folder, stack } = this.#place(owner)
    const kept = await this.#keeper.get(stack)
    if (kept) return kept
    const written = await readKept(folder, stack)
    return isMade(written, secretsOf(owner)) ? this.#keeper.keep(stack, written) : written
  }

  #target(owner: Owner, { beside }: Pick<WriteOptions, 'beside'>): string {
    const { folder, stack } = this.#place(owner)
    return beside ? join(folder, `${beside}.${stack}.yaml`) : configFile(folder, stack)
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

/** A cluster's stack has none. */
const secretsOf = ({ name }: Owner): readonly string[] => (name === clusterStack ? [] : ['testRoute'])

export interface WriteOptions {
  /** In a file of its own beside the stack's: for a preview of what has not begun, or for a person. */
  readonly beside?: 'planned' | 'by-hand'
  readonly deleteUnreachable?: boolean
}
