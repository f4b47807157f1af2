import type pg from 'pg'

/** How much is in it. */
export interface Fullness {
  readonly migrations: number
  readonly workloadsEach: number
  /** Of each workload. */
  readonly operationsEach: number
  /** Of each operation. */
  readonly eventsEach: number
}

export const migrationOf = (number: number): string => `migration-${number}`
export const workloadOf = (number: number): string => `service-${String(number).padStart(4, '0')}`

/** The number of the event after which each operation has one more. */
export const beforeLastEvents = ({ migrations, workloadsEach, operationsEach, eventsEach }: Fullness): number =>
  migrations * workloadsEach * operationsEach * (eventsEach - 1)

/** Fills the tables of an empty journal with what years would leave in it. Half of the workloads have yet to move, half have. */
export async function fillJournal(client: pg.Client, fullness: Fullness): Promise<void> {
  const { migrations, workloadsEach, operationsEach, eventsEach } = fullness
  for (const [statement, values] of [
    [insertMigrations, [migrations, workloadsEach]],
    [insertWorkloads, []],
    [insertOperations, [operationsEach]],
    [insertEvents, [eventsEach]],
    ['analyze', []],
  ] as const)
    await client.query(statement, [...values])
}

const entry = `jsonb_build_object(
  'kind', 'alb',
  'rule', 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/' || w,
  'blueTargetGroup', 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/service-' || w || '/73e2d6bc24d8a067',
  'service', jsonb_build_object('namespace', 'shop', 'name', 'service-' || w, 'port', 80),
  'probe', jsonb_build_object('url', 'http://shop.example/', 'headers', jsonb_build_object('host', 'service-' || w || '.shop.example'),
                              'expect', jsonb_build_array(200), 'marker', jsonb_build_object('json', '/cluster')),
  'steps', jsonb_build_array(10, 50, 100), 'bake', '5m', 'soak', '24h')`

const insertMigrations = `
  insert into migrations (name, inventory, created_at, updated_at)
  select 'migration-' || m, jsonb_build_object(
    'migration', 'migration-' || m,
    'aws', jsonb_build_object('region', 'eu-west-1'),
    'blue', jsonb_build_object('cluster', 'blue', 'kubeconfig', '/nowhere/blue'),
    'green', jsonb_build_object('cluster', 'green', 'kubeconfig', '/nowhere/green'),
    'workloads', (select jsonb_object_agg('service-' || lpad(w::text, 4, '0'), ${entry}) from generate_series(1, $2::int) w)
  ), now(), now()
  from generate_series(1, $1::int) m`

const insertWorkloads = `
  insert into workloads (migration, name, kind, entry, state)
  select m.name, w.key, 'alb', w.value,
    case when right(w.key, 1) in ('0', '2', '4', '6', '8') then '{"phase": "registered"}'::jsonb
         else jsonb_build_object('phase', 'retired', 'since', 1700000000000) end
  from migrations m, jsonb_each(m.inventory -> 'workloads') w`

/** The n-th of a workload. */
export const operationOf = (migration: string, workload: string, n: number): string =>
  `op-${migration}-${workload}-${n}`

const insertOperations = `
  insert into operations (id, migration, workload, action, state, from_phase, to_phase, reason, requested_by, requested_at,
                          started_at, finished_at, writes, request, result)
  select 'op-' || w.migration || '-' || w.name || '-' || o, w.migration, w.name, 'advance', 'succeeded', 'prepared', 'shifting',
    'as planned', 'ada', now() - interval '1 day', now() - interval '1 day', now() - interval '1 day', true, '{}',
    jsonb_build_object('outputs', jsonb_build_object('schemaVersion', 1, 'kind', 'alb'))
  from generate_series(1, $1::int) o, workloads w`

const insertEvents = `
  insert into events (at, migration, workload, operation, type, data)
  select now() - interval '1 day', o.migration, o.workload, o.id, 'resource-step',
    jsonb_build_object('type', 'aws:lb/listenerRule:ListenerRule', 'name', o.workload, 'op', 'update')
  from generate_series(1, $1::int) e, operations o
  order by e, o.seq`
