import { AwsError } from '../errors.ts'
import type { Operations } from '../operation.ts'
import type { World } from '../world.ts'

interface Allowance {
  left: number
  /** AWS seconds of the world's clock. */
  at: number
}

/** All operations together, as often as `perSecond` in an AWS second of each world's clock; the rest is refused before any effect. */
export function limited(operations: Operations, perSecond: number): Operations {
  const allowances = new WeakMap<World, Allowance>()
  const take = (world: World): void => {
    const now = world.clock.seconds()
    const { left, at } = allowances.get(world) ?? { left: perSecond, at: now }
    const available = Math.min(perSecond, left + (now - at) * perSecond)
    if (available < 1) throw new AwsError('Throttling', 'Rate exceeded')
    allowances.set(world, { left: available - 1, at: now })
  }
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (world, input, call) => {
        take(world)
        return operation(world, input, call)
      },
    ]),
  ) satisfies Operations
}
