import { listenerArn, blueArn, document, ruleArn } from '../document.ts'

const json = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`
const at = `'2026-01-02T03:04:05.678Z'`
const inventory = document()
const rule = (green: number) => ({ traffic: [{ arn: blueArn, weight: 100 - green }], rest: { priority: '10' } })

/**
 * What a journal holds that is in use, table by table: the rows that each schema migration made room for, in the words of that
 * version. Later migrations carry them along.
 */
export const rowsOf: Readonly<Record<string, readonly string[]>> = {
  '0001-journal': [
    `insert into migrations values ('prod-2026', ${json(inventory)}, ${at}, ${at})`,
    `insert into workloads values ('prod-2026', 'search', 'alb', ${json(inventory.workloads['search'])},
      ${json({ phase: 'shifting', step: 10, since: 1767323045678, blueAtHome: 4, confirmation: null })}, 9,
      ${json({ asFound: rule(0), listener: listenerArn })},
      ${json({ name: 'split', green: 'present', split: { blue: 90, green: 10 }, switchPoint: 'owned' })},
      null, ${json(rule(10))}, true)`,
    `insert into claims values (${json(ruleArn).replaceAll('"', '')}, 'prod-2026', 'search', ${at})`,
    `insert into operations (id, migration, workload, action, state, from_phase, to_phase, reason, requested_by, requested_at,
      started_at, finished_at, writes, home_ms, settled_ms, lingers, request, result, error) values
      ('op-1', 'prod-2026', 'search', 'rollback', 'succeeded', 'shifting', 'prepared', 'why', 'operator', ${at}, ${at}, ${at},
        true, 412.5, 60400, null, '{"force": true}', '{}', null),
      ('op-2', 'prod-2026', 'search', 'advance', 'running', 'shifting', 'shifting', null, 'operator', ${at}, ${at}, null,
        true, null, null, null, '{"plan": null}', null, null)`,
    `insert into events (at, migration, workload, operation, type, data) values
      (${at}, 'prod-2026', 'search', 'op-1', 'operation-queued', '{"action": "rollback"}'),
      (${at}, 'prod-2026', 'search', 'op-1', 'home', '{"homeMs": 412.5}')`,
    `insert into holds values ('hold-1', 'prod-2026', 'search', 'freeze', 'it is December', 'operator', ${at})`,
    `insert into idempotency values ('key-1', 'abc', 202, '{"location": "/v1/operations/op-1"}', '{}', now())`,
  ],
  '0002-clusters': [
    `insert into clusters values ('prod-2026', '{"name": "built", "only": null}', '{"name": "built", "only": null}',
      '{"version": "1.33", "addons": {"vpc-cni": "v1.19.0"}}', ${json({
        clusterName: 'prod-green',
        version: '1.33',
        endpoint: 'https://green.example.com',
        certificateAuthority: 'Q0E=',
        oidcProviderArn: 'arn:aws:iam::123456789012:oidc-provider/green',
        nodeSecurityGroupId: 'sg-1',
        autoScalingGroups: ['eks-main'],
      })}, '/data/stacks/prod-2026.cluster/green.kubeconfig')`,
  ],
  '0003-leases': [
    `insert into replicas values ('replica-1', 'here', 7, '12', ${at}, ${at})`,
    `update operations set owner = 'replica-1', fence = 1 where id = 'op-2'`,
    `insert into readings values ('prod-2026', 'search', ${at}, '{}')`,
  ],
  '0004-tokens': [],
  '0005-audit': [],
  '0007-stacks': [
    `insert into stacks values ('prod-2026.search',
      '{"encryptionsalt": "v1:salt", "config": {"eks-cutover:testRoute": {"secure": "v1:x:y"}}}', ${at})`,
    `insert into passphrase (salt, hash) values ('c2FsdA==', 'aGFzaA==')`,
  ],
  '0008-holds': [
    `insert into holds (id, migration, workload, name, reason, holder, since, until, at_end) values
      ('hold-2', null, null, 'freeze', 'Black Friday', 'ada', ${at}, ${at}, 'resume'),
      ('hold-3', 'prod-2026', null, 'pause', 'p99 is up', 'ada', ${at}, ${at}, 'rollback')`,
  ],
  '0009-cli-runs': [
    `insert into cli_runs values ('prod-2026.search', 'there', 4711, '12', ${at}, ${at}, 'op-2', 1, 'replica-1')`,
  ],
  '0010-unanswered': [
    `update operations set unanswered =
      '{"call": "ElasticLoadBalancingV2 ModifyRule", "error": "ECONNREFUSED: no answer", "since": 1767323045678, "until": null}'
      where id = 'op-2'`,
  ],
  '0011-reads': [],
  '0012-keys': [`update operations set idempotency_key = 'key-2' where id = 'op-2'`],
}
