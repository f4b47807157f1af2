import type { GateResult } from '../gates/gate.ts'

/** How a workload's rest in a phase was spent, in milliseconds of the wall. */
export interface Waits {
  /** The bake, the soak, and other gates that time alone opens. */
  readonly time: number
  /** The rest: until somebody asked for the next step. */
  readonly people: number
}

/** Time goes first: only once a wait was over could anybody have asked. `rate`: of the product's clock. Pure. */
export function waitsOf(restMs: number, gates: readonly GateResult[], rate: number): Waits {
  const needed = Math.max(0, ...gates.map(({ numbers }) => numbers['neededSeconds'] ?? 0))
  const rest = Math.max(0, restMs)
  const time = Math.min(rest, (needed * 1000) / rate)
  return { time, people: rest - time }
}
