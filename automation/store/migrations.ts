import type { Kysely } from 'kysely'
import type { ProvideKubeconfig } from '../cluster/kubeconfigs.ts'
import type { ClusterRecord } from '../cluster/record.ts'
import type { Inventory } from '../inventory.ts'
import type { Migration, MigrationHead } from '../migration.ts'
import { Clusters } from './clusters.ts'
import type { Tables } from './schema.ts'

export class Migrations {
  readonly #db: Kysely<Tables>
  readonly #clusters: Clusters
  readonly #kubeconfig: ProvideKubeconfig | null

  /** `kubeconfig`: without it a green that we built has no place on this machine. */
  constructor(db: Kysely<Tables>, kubeconfig: ProvideKubeconfig | null) {
    this.#db = db
    this.#clusters = new Clusters(db)
    this.#kubeconfig = kubeconfig
  }

  async get(name: string): Promise<Migration | null> {
    const row = await this.#db.selectFrom('migrations').selectAll().where('name', '=', name).executeTakeFirst()
    return row ? this.#migrationOf(row, await this.#clusters.get(name)) : null
  }

  async head(name: string): Promise<MigrationHead | null> {
    const columns = ['name', 'head as inventory', 'created_at', 'updated_at'] as const
    const [row, cluster] = await Promise.all([
      this.#db.selectFrom('migrations').select(columns).where('name', '=', name).executeTakeFirst(),
      this.#clusters.get(name),
    ])
    return row ? this.#migrationOf(row, cluster) : null
  }

  /** By name, after `after`; `only`: none but these. */
  async list(after: string, limit: number, only: readonly string[] | null = null): Promise<Migration[]> {
    let query = this.#db.selectFrom('migrations').selectAll().where('name', '>', after).orderBy('name').limit(limit)
    if (only !== null) query = query.where('name', 'in', only)
    const rows = await query.execute()
    const clusters = await this.#clusters.all()
    return rows.map((row) => this.#migrationOf(row, clusters.get(row.name) ?? null))
  }

  async save(inventory: Inventory): Promise<Migration> {
    const now = new Date()
    const row = await this.#db
      .insertInto('migrations')
      .values({ name: inventory.migration, inventory: JSON.stringify(inventory), created_at: now, updated_at: now })
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ inventory: JSON.stringify(inventory), updated_at: now }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    return this.#migrationOf(row, await this.#clusters.get(row.name))
  }

  #migrationOf<I extends MigrationHead['inventory']>(
    { name, inventory, ...row }: Row<I>,
    cluster: ClusterRecord | null,
  ): Omit<MigrationHead, 'inventory'> & { readonly inventory: I } {
    const kubeconfig = cluster?.outputs && this.#kubeconfig?.(name, inventory.aws.region, cluster.outputs)
    return {
      name,
      inventory,
      cluster: cluster && { ...cluster, kubeconfig: kubeconfig ?? null },
      createdAt: row.created_at.getTime(),
      updatedAt: row.updated_at.getTime(),
    }
  }
}

interface Row<I> {
  readonly name: string
  readonly inventory: I
  readonly created_at: Date
  readonly updated_at: Date
}
