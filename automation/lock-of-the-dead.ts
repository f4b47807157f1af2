import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isSame, type ProcessIdentity } from './engine/processes.ts'
import type { LockHolder } from './engine/pulumi-errors.ts'
import { CutoverError } from './errors.ts'
import type { KnownCli } from './store/cli-runs.ts'

/**
 * How long after the end of its owner's lease a CLI on another machine counts as dead. Its worker ends it before that lease has run out
 * (replica.ts); this is for the system that has to carry the signal out. Milliseconds.
 */
export const deadAfterMs = 5_000

/** How long a CLI may take from its start to its lock. A lock that is younger or older is not its own, whatever its number. Milliseconds. */
const lockWithinMs = 120_000
/** A lock's time is in whole seconds. Milliseconds. */
const secondMs = 1_000

const lookMs = 250

/** `waits`: it will be known in so many milliseconds. */
export type Verdict = { readonly is: 'dead' | 'not known to be dead' } | { readonly is: 'waits'; readonly ms: number }

/** Where a lock is looked at from, and what can be seen there. */
export interface Viewpoint {
  readonly host: string
  readonly identify: (pid: number) => ProcessIdentity | null
}

const here = (): Viewpoint => ({ host: hostname(), identify })

/**
 * Is whoever holds the lock provably dead? On this machine, when its process is gone or its number another's. On another one, when the
 * journal knows it as a CLI of ours, and its owner has said that it is gone, or lost the lease that it was started under long enough ago.
 * Pure but for the look at the process.
 */
export function verdictOn(holder: LockHolder, known: readonly KnownCli[], { host, identify }: Viewpoint): Verdict {
  const own = known.find((cli) => isHolder(cli, holder))
  if (holder.host === host) {
    const now = identify(holder.pid)
    const gone = now === null || (own !== undefined && !isSame(now, own))
    return { is: gone ? 'dead' : 'not known to be dead' }
  }
  if (!own || own.leaselessMs === null) return { is: 'not known to be dead' }
  if (own.leaselessMs >= deadAfterMs) return { is: 'dead' }
  return { is: 'waits', ms: deadAfterMs - own.leaselessMs }
}

function isHolder({ host, pid, begunAt }: KnownCli, holder: LockHolder): boolean {
  const afterMs = holder.at - begunAt
  return host === holder.host && pid === holder.pid && afterMs > -secondMs && afterMs < lockWithinMs
}

/** null: the error is not about a lock. */
export function holdersIn(error: unknown): readonly LockHolder[] | null {
  if (!(error instanceof CutoverError) || error.code !== 'stack-locked') return null
  return error.details['holders'] as readonly LockHolder[]
}

/** Resolves when every holder is dead, or one of them is not known to be; false then. Waits for what will be known soon. */
export async function areDead(
  holders: readonly LockHolder[],
  known: () => Promise<readonly KnownCli[]>,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const clis = await known()
    const verdicts = holders.map((holder) => verdictOn(holder, clis, here()))
    if (verdicts.some(({ is }) => is === 'not known to be dead')) return false
    const waits = verdicts.flatMap((verdict) => (verdict.is === 'waits' ? [verdict.ms] : []))
    if (waits.length === 0) return true
    await sleep(Math.max(lookMs, ...waits), null, { signal }).catch(() => signal.throwIfAborted())
  }
}
