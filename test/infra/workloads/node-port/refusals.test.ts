import { describe, expect, it } from 'vitest'
import type { GroupOfNodes } from '../../../../infra/aws/auto-scaling.ts'
import type { Binding } from '../../../../infra/kubernetes/reads.ts'
import { refuseWhatCannotMove, type Surveyed } from '../../../../infra/workloads/node-port/refusals.ts'
import { arns } from '../alb/fixture.ts'
import { surveyed as albSurveyed } from '../alb/surveyed.ts'
import { refusalOf, switchRows, type Row } from '../elbv2/refusal-rows.ts'
import { site } from './fixture.ts'

const nodes: GroupOfNodes = { name: 'green-a', healthCheckType: 'EC2', targetGroups: [] }

/** A rule that can be moved, as it is read before anything is decided. */
const surveyed: Surveyed = {
  ...albSurveyed,
  config: site.config,
  targetGroup: { ...albSurveyed.targetGroup, TargetType: 'instance' },
  wanted: site.config.greenNodes!,
  groups: [nodes, { ...nodes, name: 'green-b' }],
  bindings: { blue: [], green: [] },
}

const binding: Binding = {
  namespace: 'shop',
  name: 'stranger',
  targetGroupArn: arns.blue,
  service: { name: 'search', port: 80 },
  multiCluster: false,
  labels: {},
}

const rows: Readonly<Record<string, Row<Surveyed>>> = {
  ...switchRows,
  'targets that are pods': {
    change: { targetGroup: { ...surveyed.targetGroup, TargetType: 'ip' } },
    field: 'blueTargetGroup',
    reason: /targets are of type ip, not instances/,
  },
  'a target group that blue binds': {
    change: { bindings: { blue: [binding], green: [] } },
    field: 'blueTargetGroup',
    reason: /shop\/stranger in blue names it, so its controller removes every node/,
  },
  'a target group that green binds': {
    change: { bindings: { blue: [], green: [binding] } },
    field: 'blueTargetGroup',
    reason: /shop\/stranger in green names it/,
  },
  'an auto-scaling group that is not there': {
    change: { groups: [nodes] },
    field: 'greenNodes',
    reason: /there is no auto-scaling group green-b/,
  },
  'an auto-scaling group that terminates what a load balancer calls ill': {
    change: { groups: [nodes, { ...nodes, name: 'green-b', healthCheckType: 'ELB' }] },
    field: 'greenNodes',
    reason: /green-b checks the health of its nodes by load balancer/,
  },
  'an auto-scaling group of green that serves already': {
    change: {
      groups: [
        { ...nodes, targetGroups: [arns.blue] },
        { ...nodes, name: 'green-b' },
      ],
    },
    field: 'greenNodes',
    reason: /green-a is attached to blue's target group: attached means live/,
  },
}

describe('what cannot move', () => {
  it('is not said of a rule that forwards to nodes, and of groups of nodes that serve nobody yet', () => {
    expect(refusalOf(() => refuseWhatCannotMove(surveyed))).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))
    expect(refusal?.field).toBe(field)
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.wayOut).not.toBe('')
  })
})
