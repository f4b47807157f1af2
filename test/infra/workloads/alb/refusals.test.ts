import { describe, expect, it } from 'vitest'
import { refuseWhatCannotMove, type Surveyed } from '../../../../infra/workloads/alb/refusals.ts'
import type { Binding } from '../../../../infra/kubernetes/reads.ts'
import { acting, refusalOf, switchRows, tagged, type Row } from '../elbv2/refusal-rows.ts'
import { arns } from './fixture.ts'
import { surveyed } from './surveyed.ts'

const [bound] = surveyed.bindings.blue as readonly [Binding]
const boundBy = (blue: readonly Binding[], green: readonly Binding[] = []): Partial<Surveyed> => ({
  bindings: { blue, green },
})

const rows: Readonly<Record<string, Row<Surveyed>>> = {
  ...switchRows,
  'targets that are instances': {
    change: { targetGroup: { ...surveyed.targetGroup, TargetType: 'instance' } },
    field: 'blueTargetGroup',
    reason: /targets are of type instance/,
  },
  'a target group that blue does not bind': {
    change: boundBy([{ ...bound, targetGroupArn: arns.green }]),
    field: 'blueTargetGroup',
    reason: /no TargetGroupBinding in blue names it/,
  },
  'a binding that a controller made': {
    change: boundBy([{ ...bound, labels: { 'ingress.k8s.aws/stack-name': 'shop' } }]),
    field: 'blueTargetGroup',
    reason: /shop\/search was made by the load-balancer controller/,
  },
  'a target group that green binds as well': {
    change: boundBy([bound], [{ ...bound, name: 'stranger' }]),
    field: 'blueTargetGroup',
    reason: /green binds it as well \(shop\/stranger\)/,
  },
  'a target group that only one of two clusters binds in multi-cluster mode': {
    change: boundBy([bound], [{ ...bound, multiCluster: true }]),
    field: 'blueTargetGroup',
    reason: /green binds it as well/,
  },
}

describe('what cannot move', () => {
  it('is not said of a rule that forwards to one target group of its own, bound by blue alone', () => {
    expect(refusalOf(() => refuseWhatCannotMove(surveyed))).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))
    expect(refusal?.field).toBe(field)
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.wayOut).not.toBe('')
  })

  it('names the listener where that is the switch point', () => {
    const switchPoint = { type: 'listener', arn: arns.listener } as const
    const named = { ...surveyed, ...acting({ Type: 'redirect' }), switchPoint }
    expect(refusalOf(() => refuseWhatCannotMove(named))?.field).toBe('listener')
  })
})

describe('what can move all the same', () => {
  const fine: Readonly<Record<string, Partial<Surveyed>>> = {
    'a rule of CloudFormation that is frozen': {
      ...tagged(arns.rule, { 'aws:cloudformation:stack-name': 'shop' }),
      config: { ...surveyed.config, managedElsewhere: 'paused' },
    },
    'the short form of a forward': acting({ Type: 'forward', TargetGroupArn: arns.blue }),
    'a target group that both bind in multi-cluster mode': boundBy(
      [{ ...bound, multiCluster: true }],
      [{ ...bound, multiCluster: true }],
    ),
    "green's binding of another group": boundBy([bound], [{ ...bound, targetGroupArn: arns.green }]),
    "somebody else's tags": tagged(arns.rule, { team: 'shop', 'kubernetes.io/cluster/prod-blue': 'owned' }),
  }

  it.each(Object.entries(fine))('%s', (_what, change) => {
    expect(refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))).toBeNull()
  })
})
