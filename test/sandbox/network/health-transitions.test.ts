import { describe, expect, test } from 'vitest'
import type { TargetHealth } from '../../../sandbox/cloud/elbv2/state.ts'
import { accepts } from '../../../sandbox/network/health-probe.ts'
import { nextHealth, nextStreak, type Streak } from '../../../sandbox/network/target-monitor.ts'

describe('from one check to the next', () => {
  const failure = { reason: 'Target.Timeout', description: 'Request timed out' } as const
  const check = { healthyThreshold: 3, unhealthyThreshold: 2 }
  const initial: TargetHealth = { state: 'initial', reason: 'Elb.InitialHealthChecking' }
  const after = (health: TargetHealth, type: 'application' | 'network', results: string): string[] => {
    let streak: Streak = { passes: 0, failures: 0 }
    return [...results].map((letter) => {
      const result = letter === '+' ? undefined : failure
      streak = nextStreak(streak, result)
      health = nextHealth(health, streak, result, type, check)
      return health.state
    })
  }

  test.each([
    ['application', initial, '+', ['healthy']],
    ['application', initial, '-+', ['initial', 'healthy']],
    ['application', initial, '--', ['initial', 'unhealthy']],
    ['network', initial, '+++', ['initial', 'initial', 'healthy']],
    ['application', { state: 'healthy' }, '-+--', ['healthy', 'healthy', 'healthy', 'unhealthy']],
    [
      'application',
      { state: 'unhealthy', ...failure },
      '++-+++',
      ['unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'unhealthy', 'healthy'],
    ],
  ] as const)('%s %j %s', (type, health, results, states) => {
    expect(after(health, type, results)).toEqual(states)
  })
})

test.each([
  ['200', 200, true],
  ['200', 201, false],
  ['200,202', 202, true],
  ['200-299', 250, true],
  ['200-204,301-399', 300, false],
])('matcher %s and status %i: %s', (HttpCode, status, accepted) => {
  expect(accepts({ matcher: { HttpCode } } as never, status)).toBe(accepted)
})
