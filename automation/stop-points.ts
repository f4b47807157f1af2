/**
 * The places between a save and an act, by name. A test stops there, kills the process and looks where traffic is.
 * In production passing one does nothing.
 */
export const stopPoints = [
  'operation-accepted',
  'stage-saved',
  'config-written',
  'switch-point-refreshed',
  'before-up',
  'after-up',
  'split-read',
  'before-finish',
  'rollback-saved',
  'before-flip',
  'after-flip',
  'home-saved',
  'before-reconcile',
] as const

export type StopPoint = (typeof stopPoints)[number]

export type PassStopPoint = (point: StopPoint, workload: string) => Promise<void>

export const passThrough: PassStopPoint = () => Promise.resolve()
