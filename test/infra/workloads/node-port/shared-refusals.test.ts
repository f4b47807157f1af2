import { describe, expect, it } from 'vitest'
import type { GroupOfNodes } from '../../../../infra/aws/auto-scaling.ts'
import { refuseWhatCannotShare, type SharedSurvey } from '../../../../infra/workloads/node-port/shared/refusals.ts'
import { refusalOf } from '../elbv2/refusal-rows.ts'
import { sharedSite } from './network-fixture.ts'

const group: GroupOfNodes = {
  name: 'blue-a',
  healthCheckType: 'EC2',
  targetGroups: [],
  trafficSources: [],
  instances: [{ id: 'i-1', zone: 'a', serves: true }],
  tags: { team: 'shop' },
}

/** A group that can be shared. */
const surveyed: SharedSurvey = {
  blueTargetGroup: sharedSite.found.blueTargetGroup,
  testRoute: sharedSite.found.testRoute,
  green: sharedSite.found.green,
  managedElsewhere: 'no',
  blueNodes: [group],
  targets: [{ Target: { Id: 'i-1' }, TargetHealth: { State: 'healthy' } }],
}

const tagged = (tags: Record<string, string>): Partial<SharedSurvey> => ({ blueNodes: [{ ...group, tags }] })

interface Row {
  readonly change: Partial<SharedSurvey>
  readonly field: string
  readonly reason: RegExp
}

const rows: Readonly<Record<string, Row>> = {
  'another node port in green': {
    change: { green: { ...surveyed.green, nodePort: 31_080 } },
    field: 'service',
    reason: /has node port 31080, the target group 8080/,
  },
  'another health-check port in green': {
    change: { green: { ...surveyed.green, healthCheckPort: '32000' } },
    field: 'service',
    reason: /answers health checks on port 32000, the target group asks traffic-port/,
  },
  'a group that no auto-scaling group fills': {
    change: { blueNodes: [] },
    field: 'blueTargetGroup',
    reason: /no auto-scaling group is attached/,
  },
  'a node that somebody registered': {
    change: { targets: [...surveyed.targets, { Target: { Id: 'i-9' }, TargetHealth: { State: 'healthy' } }] },
    field: 'blueTargetGroup',
    reason: /its target i-9 is of none of the auto-scaling groups/,
  },
  'an auto-scaling group of CloudFormation': {
    change: tagged({ 'aws:cloudformation:stack-name': 'nodes' }),
    field: 'blueTargetGroup',
    reason: /blue-a belongs to the CloudFormation stack nodes, which would attach it again/,
  },
  'an auto-scaling group of Terraform': {
    change: tagged({ ManagedBy: 'Terraform' }),
    field: 'blueTargetGroup',
    reason: /blue-a belongs to another tool \(tag ManagedBy\)/,
  },
  'nowhere to check green': {
    change: { testRoute: { none: 'the load balancer has 50 listeners' } },
    field: 'testPort',
    reason: /green can be checked nowhere before it is live: the load balancer has 50 listeners/,
  },
}

describe('a target group that cannot be shared', () => {
  it('is none that auto-scaling groups alone fill, on the node port of both clusters', () => {
    expect(refusalOf(() => refuseWhatCannotShare(surveyed))).toBeNull()
    const paused = { ...tagged({ ManagedBy: 'Terraform' }), managedElsewhere: 'paused' } as const
    expect(refusalOf(() => refuseWhatCannotShare({ ...surveyed, ...paused }))).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotShare({ ...surveyed, ...change }))
    expect(refusal?.field).toBe(field)
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.wayOut).not.toBe('')
  })
})
