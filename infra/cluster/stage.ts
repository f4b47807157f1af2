import type { ClusterConfig, ServiceAccountRole } from './config.ts'

/** Everything about green's cluster that its program works with. */
export interface ClusterSite {
  readonly migration: string
  readonly region: string
  readonly config: ClusterConfig
  /** Every version pinned, those of the inventory and those that were chosen for it. */
  readonly addons: Readonly<Record<string, string>>
  /** Every target group that blue is bound to: green's controller is denied all of them. */
  readonly blueTargetGroups: readonly string[]
}

/** A role whose trust policy has a statement of ours, or is to lose it. */
export interface TrustedRole extends ServiceAccountRole {
  readonly trust: 'granted' | 'withdrawn'
}

/** What shall exist now. */
export interface ClusterStage {
  /** `unprotected`: as built, but EKS would let it be deleted. The last stage before a destroy. */
  readonly name: 'built' | 'unprotected'
  readonly roles: readonly TrustedRole[]
  /** Logical names of what there is; the rest is not made any more. null: everything is wanted. */
  readonly only: readonly string[] | null
}

/** What was brought up before, and what was last asked for, which may have broken off. */
export interface EarlierStages {
  readonly asked: ClusterStage | null
  readonly done: ClusterStage | null
}

/**
 * The stage to bring up. A role that is not wanted any more loses our statement before it leaves the program: it stays, withdrawn,
 * until a stage that says so is done.
 */
export function nextStage(
  name: ClusterStage['name'],
  { serviceAccountRoles = [] }: ClusterConfig,
  { asked, done }: EarlierStages,
): ClusterStage {
  const wanted = name === 'built' ? serviceAccountRoles : []
  const granted = wanted.map((role): TrustedRole => ({ ...role, trust: 'granted' }))
  const left = (asked?.roles ?? [])
    .filter(({ role }) => !wanted.some((one) => one.role === role))
    .filter(({ role, trust }) => trust === 'granted' || !isWithdrawn(role, done))
  return {
    name,
    only: null,
    roles: [...granted, ...left.map((role): TrustedRole => ({ ...role, trust: 'withdrawn' }))],
  }
}

const isWithdrawn = (name: string, stage: ClusterStage | null): boolean =>
  (stage?.roles ?? []).some(({ role, trust }) => role === name && trust === 'withdrawn')
