import type { ReadyFile } from '../../sandbox/sandbox.ts'

/** The front door of a workload that has an address, as the load generator takes it. */
export function doorOf({ frontDoors }: ReadyFile, workload: string) {
  const door = frontDoors[workload]
  if (door && 'url' in door) return door
  throw new Error(`${workload} has no front door with an address`)
}
