import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bounds, newSetSize, oldSetSizes } from '../../../sandbox/kubernetes/controllers/rollout.ts'
import type { Deployment, ReplicaSet } from '../../../sandbox/kubernetes/types.ts'

const setOf = (name: string, replicas: number, availableReplicas: number): ReplicaSet =>
  ({ metadata: { name }, spec: { replicas }, status: { replicas, availableReplicas } }) as ReplicaSet

const deploymentOf = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment =>
  ({
    spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
  }) as Deployment

test('bounds round surge up and unavailability down, and never let both be nothing', () => {
  expect(bounds(deploymentOf(4, '25%', '25%'))).toEqual({ desired: 4, surge: 1, unavailable: 1 })
  expect(bounds(deploymentOf(2, '25%', '25%'))).toEqual({ desired: 2, surge: 1, unavailable: 0 })
  expect(bounds(deploymentOf(3, 0, 0))).toEqual({ desired: 3, surge: 0, unavailable: 1 })
  expect(bounds(deploymentOf(2, 5, 5))).toEqual({ desired: 2, surge: 5, unavailable: 2 })
})

test('a rollout stays within its bounds at every step and ends with the new template alone', () => {
  const amounts = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom('0%', '25%', '50%', '100%'))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), amounts, amounts, (replicas, maxSurge, maxUnavailable) => {
      const deployment = deploymentOf(replicas, maxSurge, maxUnavailable)
      const { desired, surge, unavailable } = bounds(deployment)
      let [old, current] = [setOf('old', replicas, replicas), setOf('new', 0, 0)]
      for (
        let step = 0;
        step < 50 && (old.spec.replicas !== 0 || current.status?.availableReplicas !== desired);
        step++
      ) {
        const grown = newSetSize(deployment, current, [old], old.spec.replicas ?? 0)
        // Pods of the new template become available only after the step in which they were made.
        current = setOf('new', grown, current.status?.availableReplicas ?? 0)
        const shrunk = oldSetSizes(deployment, current, [old]).get(old) ?? 0
        old = setOf('old', shrunk, shrunk)
        const available = (current.status?.availableReplicas ?? 0) + shrunk
        expect(grown + shrunk).toBeLessThanOrEqual(desired + surge)
        expect(available).toBeGreaterThanOrEqual(desired - unavailable)
        current = setOf('new', grown, grown)
      }
      expect([old.spec.replicas, current.spec.replicas]).toEqual([0, desired])
    }),
  )
})
