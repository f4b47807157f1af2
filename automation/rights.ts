import type { PhaseName } from './migration.ts'

/** In rising order: each may do all that the ones before it may. */
export const roles = ['viewer', 'operator', 'approver', 'admin'] as const

export type Role = (typeof roles)[number]

/** Everything that may be asked of the service, with the least role that may. THE table; docs/authentication.md has the same. */
export const rights = {
  read: { role: 'viewer', what: 'look: migrations, workloads, operations, outputs, events, the API document' },
  audit: { role: 'operator', what: 'read the record of who decided and did what' },
  'by-hand': { role: 'operator', what: 'see the commands with which a person runs a stack' },
  inventory: { role: 'operator', what: 'apply an inventory' },
  plan: { role: 'operator', what: 'plan a step of a workload' },
  advance: { role: 'operator', what: 'take a step of a workload, but for the one out of `soaking`' },
  hold: { role: 'operator', what: 'place a hold, remove a hold; freeze, thaw' },
  rollback: { role: 'operator', what: 'bring a workload home, or all of a migration, from wherever that is possible' },
  abandon: { role: 'operator', what: 'leave a workload as it was found' },
  'cluster-preview': { role: 'operator', what: "preview green's cluster" },
  'cluster-up': { role: 'operator', what: "build or change green's cluster" },
  'cluster-cancel': { role: 'operator', what: "end what runs for green's cluster" },
  confirm: { role: 'approver', what: "be the person's gate" },
  retire: { role: 'approver', what: 'take the step out of `soaking`, after which there is no way back' },
  release: { role: 'approver', what: 'let go of a retired workload' },
  'cluster-destroy': { role: 'approver', what: "take green's cluster away" },
  'lift-two-persons': { role: 'admin', what: 'apply an inventory that takes `twoPersons` back' },
  tokens: { role: 'admin', what: 'make, list and revoke API tokens' },
} as const satisfies Readonly<Record<string, { readonly role: Role; readonly what: string }>>

export type Right = keyof typeof rights

export const hasRight = (role: Role, right: Right): boolean => roles.indexOf(role) >= roles.indexOf(rights[right].role)

/** Where an advance out of a phase is more than any other. */
const advancesOutOf: Partial<Record<PhaseName, Right>> = { soaking: 'retire' }

export const rightToAdvance = (from: PhaseName): Right => advancesOutOf[from] ?? 'advance'
