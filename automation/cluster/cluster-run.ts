import { clusterStack } from '../../infra/names.ts'
import type { Aws } from '../../infra/aws/clients.ts'
import type { ClusterSite, ClusterStage } from '../../infra/cluster/stage.ts'
import { offeredVersions } from '../../infra/cluster/versions.ts'
import type { Task } from '../engine/engine.ts'
import type { WriteOptions } from '../engine/stack-files.ts'
import { CutoverError } from '../errors.ts'
import type { EventType } from '../events.ts'
import type { Migration } from '../migration.ts'
import { OperationRun, type Act, type Subject, type Tools } from '../operation-run.ts'
import type { ClusterChange } from '../store/clusters.ts'
import type { OperationChange, OperationRecord } from '../store/operations.ts'

/** EKS takes ten minutes for a cluster and longer on a bad day, and the engine has nothing to tell meanwhile. Milliseconds. */
const patienceMs = 45 * 60_000

/** An operation of green's cluster being carried out. */
export class ClusterRun extends OperationRun {
  readonly migration: Migration
  #operation: OperationRecord

  constructor(tools: Tools, operation: OperationRecord, migration: Migration) {
    super(tools)
    this.migration = migration
    this.#operation = operation
  }

  get operation(): OperationRecord {
    return this.#operation
  }

  get subject(): Subject {
    return { migration: this.migration.name, name: clusterStack }
  }

  get task(): Task {
    return { ...this.tools.files.task(this.subject, this.#operation, false), patienceMs }
  }

  get aws(): Aws {
    return this.tools.connections.aws(this.migration.inventory.aws.region)
  }

  /** Saves a change of the cluster's record and of the operation together. Throws `cancelled` when the operation has ended meanwhile. */
  async save(change: ClusterChange, progress: OperationChange = {}, also: Also = {}): Promise<void> {
    const saved = await this.tools.store.transaction(async (work) => {
      const operation = await work.operations.change(this.#operation, progress)
      if (!operation) return null
      if (Object.keys(change).length > 0) await work.clusters.change(this.migration.name, change)
      const { events = [], acts = [] } = also
      work.audit.write(...acts.map((act) => this.fact(act, operation)))
      if (events.length > 0) work.events.writeAll(this.subject, operation.id, events)
      return operation
    })
    if (!saved) throw new CutoverError('cancelled', 'the operation was ended')
    this.#operation = saved
  }

  /** What EKS offers. */
  readAws(): Promise<unknown> {
    return offeredVersions(this.aws)
  }

  writeConfig(site: ClusterSite, stage: ClusterStage, options?: Pick<WriteOptions, 'beside'>): Promise<string> {
    return this.tools.files.writeCluster(site, stage, options)
  }

  /** A stack is made once. */
  async createStack(): Promise<void> {
    if (await this.tools.files.prepare(this.subject)) return
    await this.engine((engine, task) => engine.create(task, {}))
  }
}

/** What is written with a change, all or nothing. */
interface Also {
  readonly events?: readonly (readonly [EventType, object])[]
  readonly acts?: readonly Act[]
}
