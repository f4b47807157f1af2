import { describe, expect, it } from 'vitest'
import { documentOf } from '../../../infra/policies/document.ts'
import type { Grant } from '../../../infra/policies/grant.ts'
import { manifestsOf } from '../../../infra/policies/manifests.ts'
import type { IngressDnsConfig } from '../../../infra/workloads/ingress-dns/config.ts'
import { Acts, type Act } from '../../support/iam/acts.ts'
import { allowing } from '../../support/iam/evaluate.ts'
import { sample, samples, scope } from './samples.ts'

const place = { region: scope.region, account: '123456789012' }
const at = new Date(0)

/** Does the policy let a call through, whose objects were made with these tags? */
async function may(
  grants: readonly Grant[],
  call: { readonly service: string; readonly operation: string; readonly input: object },
  resourceTags: Act['resourceTags'] = {},
): Promise<boolean> {
  const acts = await new Acts(place).of({ at, ...call, accessKeyId: 'A', status: 200, ms: 0 })
  const document = documentOf(grants)
  return acts.every((act) => allowing(document, { ...act, resourceTags }).length > 0)
}

const elb = (operation: string, input: object) => ({ service: 'elbv2', operation, input })
const arn = (resource: string) => `arn:aws:elasticloadbalancing:eu-central-1:123456789012:${resource}`
const tagged = { 'eks-cutover:migration': scope.migration }
const Tags = [{ Key: 'eks-cutover:migration', Value: scope.migration }]

describe.each(samples)('%s', (_name, _site, { service, plugins, clusters }) => {
  it('asks for everything only where AWS knows no resources', () => {
    const knowsNone = /^(elasticloadbalancing|ec2|autoscaling):Describe|^cloudwatch:GetMetricData$/
    for (const { actions, resources } of [...service, ...plugins]) {
      if (resources.includes('*')) expect(actions.filter((action) => !knowsNone.test(action))).toEqual([])
      else for (const one of resources) expect(one).toMatch(/^arn:aws:[a-z0-9]+:[a-z0-9-]*:[0-9]*:./)
      for (const action of actions) expect(action).toMatch(/^[a-z0-9]+:[A-Z]\w+$/)
    }
  })

  it('deletes at load balancers only what carries the tag of the migration', async () => {
    for (const { actions, condition } of [...service, ...plugins]) {
      if (actions.some((action) => /^elasticloadbalancing:(Delete|Remove)/.test(action)))
        expect(JSON.stringify(condition)).toContain('aws:ResourceTag/eks-cutover:migration')
    }
    for (const TargetGroupArn of [arn('targetgroup/green-1/0123'), arn('targetgroup/search/0123')]) {
      for (const grants of [service, plugins])
        expect(await may(grants, elb('DeleteTargetGroup', { TargetGroupArn }))).toBe(false)
    }
  })

  it('gives each statement a name of its own, and no service a star', () => {
    for (const grants of [service, plugins]) {
      const { Statement } = documentOf(grants)
      expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length)
      expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([])
    }
  })

  it('writes nothing in blue, and in green bindings of one namespace', () => {
    const writes = (grants: typeof clusters.blue) =>
      grants.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)))
    expect(writes(clusters.blue)).toEqual([])
    for (const { resource, namespace } of writes(clusters.green)) {
      expect([resource, namespace]).toEqual(['targetgroupbindings', expect.any(String)])
    }
    const kinds = manifestsOf(clusters.green).map(({ kind }) => kind)
    expect(new Set(kinds)).toEqual(new Set(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']))
  })
})

it('puts statements together where that allows nothing more', () => {
  const condition = { StringEquals: { k: 'v' } }
  const { Statement } = documentOf([
    { sid: 'Read', actions: ['s:B'], resources: ['r:1'] },
    { sid: 'Read', actions: ['s:A'], resources: ['r:1'] },
    { sid: 'Read', actions: ['s:B', 's:A'], resources: ['r:2'] },
    { sid: 'Read', actions: ['s:A'], resources: ['r:3'] },
    { sid: 'Read', actions: ['s:A'], resources: ['r:3'], condition },
    { sid: 'Write', actions: ['s:A'], resources: ['r:3'] },
  ])
  expect(Statement).toEqual([
    { Sid: 'Read', Effect: 'Allow', Action: ['s:A', 's:B'], Resource: ['r:1', 'r:2'] },
    { Sid: 'Read2', Effect: 'Allow', Action: ['s:A'], Resource: ['r:3'] },
    { Sid: 'Read3', Effect: 'Allow', Action: ['s:A'], Resource: ['r:3'], Condition: condition },
    { Sid: 'Write', Effect: 'Allow', Action: ['s:A'], Resource: ['r:3'] },
  ])
})

describe('at a rule', () => {
  const { site, policy } = sample('alb, a rule')
  const { rule = '' } = site.config as { rule?: string }
  const other = `${rule.slice(0, -4)}ffff`

  it('the service writes this one, and no other', async () => {
    expect(await may(policy.service, elb('ModifyRule', { RuleArn: rule, Actions: [] }))).toBe(true)
    expect(await may(policy.service, elb('ModifyRule', { RuleArn: other, Actions: [] }))).toBe(false)
  })

  it('rules are made with the tag alone, and go with it alone', async () => {
    const ListenerArn = rule.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '')
    const input = { ListenerArn, Priority: 1, Conditions: [], Actions: [] }
    expect(await may(policy.plugins, elb('CreateRule', { ...input, Tags }))).toBe(true)
    expect(await may(policy.plugins, elb('CreateRule', input))).toBe(false)
    expect(await may(policy.plugins, elb('DeleteRule', { RuleArn: other }), tagged)).toBe(true)
    expect(await may(policy.plugins, elb('DeleteRule', { RuleArn: other }), { other: 'tag' })).toBe(false)
    expect(await may(policy.plugins, elb('DeleteRule', { RuleArn: rule }))).toBe(false)
  })

  it('target groups are made under our prefix alone', async () => {
    expect(await may(policy.plugins, elb('CreateTargetGroup', { Name: 'green-1', Tags }))).toBe(true)
    expect(await may(policy.plugins, elb('CreateTargetGroup', { Name: 'search', Tags }))).toBe(false)
    expect(await may(policy.service, elb('CreateTargetGroup', { Name: 'green-1', Tags }))).toBe(false)
  })
})

it('of a zone one name may be changed, by whomever, and its addresses alone', async () => {
  const { site, policy } = sample('ingress-dns')
  const { zone, record } = site.config as unknown as IngressDnsConfig
  const change = (Name: string, Type: string) => ({
    service: 'route53',
    operation: 'ChangeResourceRecordSets',
    input: { HostedZoneId: zone, ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name, Type } }] } },
  })
  for (const grants of [policy.service, policy.plugins]) {
    expect(await may(grants, change(`${record}.`, 'A'))).toBe(true)
    expect(await may(grants, change(`other.${record}`, 'A'))).toBe(false)
    expect(await may(grants, change(record, 'MX'))).toBe(false)
  }
})

it("nodes come into green's target group, and where they share blue's into that, and into no other", async () => {
  const attach = (group: string) => ({
    service: 'autoscaling',
    operation: 'AttachLoadBalancerTargetGroups',
    input: { AutoScalingGroupName: 'green-nodes', TargetGroupARNs: [group] },
  })
  const shared = sample('node-port, shared')
  const { blueTargetGroup } = shared.site.config as unknown as { blueTargetGroup: string }
  expect(await may(shared.policy.service, attach(blueTargetGroup))).toBe(true)
  expect(await may(shared.policy.service, attach(arn('targetgroup/other/0123')))).toBe(false)
  const weighted = sample('node-port, a listener')
  expect(await may(weighted.policy.service, attach(blueTargetGroup))).toBe(false)
})

it('of an API the stage and the integrations that the entry names may be changed', async () => {
  const { site, policy } = sample('an integration of a REST API')
  const { api: restApiId, stage: stageName } = site.config as unknown as { api: string; stage: string }
  const stage = (name: string, id = restApiId) => ({
    service: 'apigateway',
    operation: 'UpdateStage',
    input: { restApiId: id, stageName: name },
  })
  expect(await may(policy.service, stage(stageName))).toBe(true)
  expect(await may(policy.service, stage('other'))).toBe(false)
  expect(await may(policy.service, stage(stageName, 'other'))).toBe(false)
})
