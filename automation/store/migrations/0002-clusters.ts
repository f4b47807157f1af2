import { sql, type Kysely } from 'kysely'

/** Green's clusters that we build: one per migration at most. Its operations stand with the workloads', under the name of its stack. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table clusters (
        migration text primary key references migrations (name),
        asked jsonb,
        done jsonb,
        pins jsonb,
        outputs jsonb,
        kubeconfig text
      )`,
    )
    .execute(db)
}
