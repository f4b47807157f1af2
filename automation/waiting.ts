import { setTimeout as sleep } from 'node:timers/promises'
import type { Events, JournalEvent } from './events.ts'
import { isActive } from './migration.ts'
import { phases } from './phases/phases.ts'
import { statusNames } from './phases/status.ts'
import type { Subject } from './operation-run.ts'
import type { WorkloadView } from './views.ts'

/** What of a workload may be waited for: its values, and which of them a view has. */
const aspects = {
  phase: { values: Object.keys(phases), of: ({ phase }) => phase },
  status: { values: statusNames, of: ({ status }) => status },
  operation: {
    values: ['active', 'over'],
    of: ({ operation }) => (operation !== null && isActive(operation) ? 'active' : 'over'),
  },
  gates: {
    values: ['open', 'closed'],
    of: ({ gates }) => (gates.every(({ state }) => state === 'open') ? 'open' : 'closed'),
  },
} as const satisfies Readonly<Record<string, { values: readonly string[]; of: (view: WorkloadView) => string }>>

/** `phase:soaking`, or one of several: `phase:soaking,retired`. */
export const conditionPattern = `^(${Object.entries(aspects)
  .map(([name, { values }]) => `${name}:(${values.join('|')})(,(${values.join('|')}))*`)
  .join('|')})$`

/** Pure. `condition` fits the pattern. */
export function meets(view: WorkloadView, condition: string): boolean {
  const [name = '', wanted = ''] = condition.split(':')
  return wanted.split(',').includes(aspects[name as keyof typeof aspects].of(view))
}

/** What the journal does not tell of (gates open as AWS changes) is looked at so often. Milliseconds on the wall. */
const lookMs = 1_000

export interface Wait {
  readonly condition: string
  /** On the wall. */
  readonly timeoutMs: number
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

/** The view once it meets the condition; as it is when time is up, or nobody waits any more. */
export async function viewWhen(
  { migration, name }: Subject,
  view: () => Promise<WorkloadView>,
  events: Events,
  { condition, timeoutMs, signal }: Wait,
): Promise<WorkloadView> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    // heard of from before the look on: nothing happens unseen in between
    const happened = new AbortController()
    const listener = (event: JournalEvent): void => {
      const [ofMigration, ofWorkload] = [event.migration ?? migration, event.workload ?? name]
      if (ofMigration === migration && ofWorkload === name) happened.abort()
    }
    events.on('event', listener)
    try {
      const now = await view()
      const leftMs = deadline - Date.now()
      if (meets(now, condition) || leftMs <= 0 || signal.aborted) return now
      const either = AbortSignal.any([signal, happened.signal])
      await sleep(Math.min(leftMs, lookMs), null, { signal: either, ref: false }).catch(() => undefined)
    } finally {
      events.off('event', listener)
    }
  }
}
