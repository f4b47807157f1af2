import { home, moved, splitFor, type Split } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'

/** The stages that phases are made of: what shall exist, as plain data. A kind turns them into resources. */

/** The switch point is in our state and nothing else is. No run can write. */
export const adopted: Stage = {
  name: 'adopted',
  green: 'absent',
  split: home,
  testRoute: false,
  blue: 'attached',
  switchPoint: 'adopted',
  keep: 'nothing',
  attempt: 0,
  part: null,
}

/** Green's side exists and only the service's own test requests reach it. */
export const prepared: Stage = { ...adopted, name: 'prepared', green: 'present', testRoute: true, switchPoint: 'owned' }

/** Green has `step` percent. The test route stays: the guards ask it. */
export const shifting = (step: number): Stage => ({ ...prepared, name: 'shifting', split: splitFor(step) })

/** The last stage before green gets everything: nobody shall depend on the test route any more. */
export const withoutTestRoute = (split: Split): Stage => ({ ...prepared, name: 'shifting', split, testRoute: false })

/** Green has everything, blue is warm at 0 %, and nothing can be deleted by a program any more. */
export const soaking: Stage = {
  ...prepared,
  name: 'soaking',
  split: moved,
  testRoute: false,
  keep: 'protected',
}

/** Blue is out of the switch. */
export const retired: Stage = { ...soaking, name: 'retired', blue: 'retired' }

/** The way back, first half: the switch point as found, green's side deleted. One run: Pulumi updates before it deletes. */
export const restored: Stage = { ...adopted, name: 'restored', switchPoint: 'owned' }

/** Release, first half: what is about to leave the program may leave it, and stays in AWS. */
export const unprotected: Stage = { ...retired, name: 'unprotected', keep: 'retained' }

/**
 * What owns the switch point again after a run that had left it out: an operation may die between its last `up` and the journal's
 * word for it. It is imported first; else a program would make a second one.
 */
export const owning = (onRecord: Stage | null, ...wanted: Stage[]): Stage[] =>
  onRecord?.switchPoint === 'left-out' && wanted[0]?.switchPoint === 'owned' ? [adopted, ...wanted] : wanted

/** We own nothing any more. What AWS has, it keeps. */
export const leftOut = (split: Split): Stage => ({ ...adopted, name: 'left-out', split, switchPoint: 'left-out' })
