import { describe, expect, it } from 'vitest'
import type { BoundPods } from '../../../../infra/workloads/elbv2/pod-refusals.ts'
import { refuseWhatCannotWeigh } from '../../../../infra/workloads/nlb-api-gateway/weights/refusals.ts'
import { arns as albArns } from '../alb/fixture.ts'
import { surveyed as albSurveyed } from '../alb/surveyed.ts'
import { refusalOf, switchRows, type Row } from '../elbv2/refusal-rows.ts'
import { arns } from './fixture.ts'
import { weighedSite } from './weights-fixture.ts'

const network = { groupsPerAction: 5, maxListeners: 50, ports: [8081] }

/** A listener that weighs and can be moved, as it is read before anything is decided. */
const surveyed: BoundPods = {
  ...albSurveyed,
  config: weighedSite.config,
  switchPoint: weighedSite.found.switchPoint,
  listener: { ListenerArn: arns.listener, LoadBalancerArn: arns.loadBalancer, Port: 8081, Protocol: 'TCP' },
  loadBalancer: { LoadBalancerArn: arns.loadBalancer, LoadBalancerName: 'apis', Type: 'network' },
  targetGroup: { ...albSurveyed.targetGroup, LoadBalancerArns: [arns.loadBalancer] },
  network,
}

const stranger = {
  namespace: 'shop',
  name: 'stranger',
  targetGroupArn: arns.blue,
  service: { name: 'lens', port: 80 },
  multiCluster: false,
  labels: {},
}

const rows: Readonly<Record<string, Row<BoundPods>>> = {
  'an account whose network load balancers take one group': {
    change: { network: { ...network, groupsPerAction: 1 } },
    field: 'listener',
    reason: /take 1 target group here, so it has no weights/,
  },
  'a listener for UDP': {
    change: { listener: { ...surveyed.listener, Protocol: 'UDP' } },
    field: 'listener',
    reason: /listener is for UDP/,
  },
  'rules beside the default action': {
    change: { rules: [{ IsDefault: true }, { Priority: '1' }] },
    field: 'listener',
    reason: /has 1 rule beside the default action/,
  },
  'targets that are instances': {
    change: { targetGroup: { ...surveyed.targetGroup, TargetType: 'instance' } },
    field: 'blueTargetGroup',
    reason: /targets are of type instance/,
  },
  'a target group that blue does not bind': {
    change: { bindings: { blue: [], green: [] } },
    field: 'blueTargetGroup',
    reason: /no TargetGroupBinding in blue names it/,
  },
  'a binding that a Service made': {
    change: { bindings: { blue: [{ ...stranger, labels: { 'service.k8s.aws/stack': 'x' } }], green: [] } },
    field: 'blueTargetGroup',
    reason: /made by the load-balancer controller for an Ingress or a Service/,
  },
  'a group that green binds as well': {
    change: { bindings: { ...surveyed.bindings, green: [stranger] } },
    field: 'blueTargetGroup',
    reason: /green binds it as well \(shop\/stranger\)/,
  },
  'a test port that is taken': {
    change: { config: { ...surveyed.config, testPort: 8081 } },
    field: 'testPort',
    reason: /has a listener on 8081 already/,
  },
  'a forward to another group than the one named': {
    ...switchRows['a forward to another group than the one named']!,
    reason: /the listener forwards to .*green/,
  },
}

/** Of every switch that weighs; here it is a listener, and the load balancer is of the type that an ALB's rule refuses. */
const inherited = Object.entries(switchRows)
  .filter(([what]) => what !== 'a load balancer of another type' && !(what in rows))
  .map(([what, row]) => [what, { ...row, field: row.field === 'rule' ? 'listener' : row.field }] as const)

describe('what cannot weigh', () => {
  it('is not said of a listener that forwards to bound pods, in an account where listeners weigh', () => {
    expect(albArns.blue).toBe(arns.blue)
    expect(refusalOf(() => refuseWhatCannotWeigh(surveyed))).toBeNull()
  })

  it.each([...Object.entries(rows), ...inherited])('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotWeigh({ ...surveyed, ...change }))
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.field).toBe(field)
    expect(refusal?.wayOut).not.toBe('')
  })

  it('names the switches that need no weights', () => {
    const refusal = refusalOf(() => refuseWhatCannotWeigh({ ...surveyed, network: { ...network, groupsPerAction: 1 } }))
    expect(refusal?.wayOut).toMatch(/integration-port, stage-variable or integration-uri/)
  })

  it.each<[string, Partial<BoundPods>]>([
    ['a TLS listener', { listener: { ...surveyed.listener, Protocol: 'TLS' } }],
    ['a load balancer with all the listeners that it may have', { network: { ...network, maxListeners: 1 } }],
    ['a stack that is frozen', { config: { ...surveyed.config, managedElsewhere: 'paused' } }],
  ])('is not said of %s', (_what, change) => {
    expect(refusalOf(() => refuseWhatCannotWeigh({ ...surveyed, ...change }))).toBeNull()
  })
})
