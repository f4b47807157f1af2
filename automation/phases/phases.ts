import type { PhaseName, State } from '../migration.ts'
import { adopted } from './adopted.ts'
import { abandoned, released } from './ended.ts'
import type { Phase } from './phase.ts'
import { prepared } from './prepared.ts'
import { registered } from './registered.ts'
import { retired } from './retired.ts'
import { shifting } from './shifting.ts'
import { soaking } from './soaking.ts'

/**
 * The machine.
 *
 *   registered ──▶ adopted ──▶ prepared ──▶ shifting ──▶ soaking ──▶ retired ──▶ released
 *       │             │          │ ▲  ▲        │ ↺          │           ╎ past the point of no return
 *       │             ◀──────────┘ │  └────────┴────────────┘
 *       ▼             ▼            ▼            rollback: traffic is home, then the stage is reconciled
 *      abandoned ◀────┴────────────┘
 *
 * Forward is `advance`, exactly one step each and never by itself; a phase is left when its gates are open. Back is `rollback`,
 * which no gate can stop. What each phase means, what its ways out do and what happens to traffic if we die there stands in
 * its own file. The runner is a loop over this table.
 */
export const phases: { readonly [P in PhaseName]: Phase<P> } = {
  registered,
  adopted,
  prepared,
  shifting,
  soaking,
  retired,
  released,
  abandoned,
}

/** The row of a state, for callers that do not care which phase it is. */
export const phaseOf = (state: State): Phase => phases[state.phase] as Phase
