import type { Aws } from '../infra/aws/clients.ts'
import type { AnyKind, Site, Stage } from '../infra/workloads/kind.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import type { Task } from './engine/engine.ts'
import type { WriteOptions } from './engine/stack-files.ts'
import { CutoverError } from './errors.ts'
import type { EventType } from './events.ts'
import type { Migration, NewHold, Workload } from './migration.ts'
import { OperationRun, type Act, type Tools } from './operation-run.ts'
import type { OperationChange, OperationRecord } from './store/operations.ts'
import type { WorkloadChange } from './store/workloads.ts'
import { siteOf } from './surroundings.ts'

/**
 * An operation of a workload being carried out, with the workload as last saved. Every write to the journal goes through here and
 * stops an operation that has been ended by another meanwhile.
 */
export class Execution extends OperationRun {
  readonly migration: Migration
  #operation: OperationRecord
  #workload: Workload

  constructor(tools: Tools, operation: OperationRecord, workload: Workload, migration: Migration) {
    super(tools)
    this.migration = migration
    this.#operation = operation
    this.#workload = workload
  }

  get subject(): Workload {
    return this.#workload
  }

  get operation(): OperationRecord {
    return this.#operation
  }

  get workload(): Workload {
    return this.#workload
  }

  get kind(): AnyKind {
    return kindOf(this.#workload.kind)
  }

  get site(): Site {
    return siteOf(this.#workload, this.migration)
  }

  get aws(): Aws {
    return this.tools.connections.aws(this.migration.inventory.aws.region)
  }

  get task(): Task {
    const { action, id, fence } = this.#operation
    return this.tools.files.task(this.#workload, { id, fence }, action === 'rollback')
  }

  /** Saves a change of the workload and of the operation together. Throws `cancelled` when the operation has ended meanwhile. */
  async save(change: WorkloadChange, progress: OperationChange = {}, also: Also = {}): Promise<void> {
    const { migration, name } = this.#workload
    const saved = await this.tools.store.transaction(async (work) => {
      const operation = await work.operations.change(this.#operation, progress)
      if (!operation) return null
      const changes = Object.keys(change).length > 0
      const workload = changes ? await work.workloads.change(migration, name, change) : this.#workload
      const { hold, events = [], acts = [] } = also
      work.audit.write(...acts.map((act) => this.fact(act, operation)))
      const placed = hold ? [['hold-placed', await work.holds.place(hold)] as const] : []
      const told = [...events, ...placed]
      if (told.length > 0) work.events.writeAll(workload, operation.id, told)
      return { operation, workload }
    })
    if (!saved) throw new CutoverError('cancelled', 'the operation was ended')
    this.#operation = saved.operation
    this.#workload = saved.workload
  }

  /** The switch point as it is now. */
  readAws(): ReturnType<AnyKind['observe']['switchPoint']> {
    return this.kind.observe.switchPoint(this.site, this.aws)
  }

  writeConfig(stage: Stage, options?: WriteOptions): Promise<string> {
    return this.tools.files.write(this.#workload, this.migration, stage, options)
  }
}

/** What is written with a change, all or nothing. */
interface Also {
  readonly events?: readonly (readonly [EventType, object])[]
  readonly acts?: readonly Act[]
  readonly hold?: NewHold
}
