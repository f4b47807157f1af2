/**
 * Every error that a caller may meet. `code` is stable; `details` is what a caller can act on; the message says what, where and
 * what to do. The API maps codes to statuses in one table (api/errors.ts); docs/errors.md lists them, and a test compares.
 */
export class CutoverError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'CutoverError'
    this.code = code
    this.details = details
  }
}

/** Every code, with what it means. */
export const errorCodes = {
  'inventory-invalid': 'The inventory says something that it may not say.',
  'workload-under-way': 'The inventory drops or changes a workload that is past `registered`.',
  'not-found': 'There is no such migration, workload, operation, hold or token.',
  'wrong-phase': 'This cannot be asked of a workload in its phase.',
  'switch-point-refused': 'The switch point cannot be moved by us; field, reason and way out are given.',
  'switch-point-claimed': 'Another workload holds the switch point.',
  'switch-point-changed':
    'Somebody changed the switch point outside its split; the change is kept and the advance is held.',
  'gate-closed': 'A gate that must be open is closed or unknown.',
  'operation-in-progress': 'The workload has an operation under way.',
  held: 'A hold keeps the workload from advancing.',
  'plan-stale': 'The world or the workload has changed since the plan was made.',
  'past-point-of-no-return': 'Blue is out of the switch; there is no way back.',
  'roll-back-first': 'Green may have traffic; bring it home before abandoning.',
  'blue-unhealthy': 'Every target of blue is unhealthy, so home is no healthy side.',
  'invariant-violated': 'The plan would delete or replace what must stay.',
  'adoption-would-change': 'Adopting the switch point would change it.',
  'split-not-in-effect': 'AWS does not read back the split that was written.',
  'aws-failed': 'AWS refused or did not answer.',
  'cluster-unreachable': "A cluster's API does not answer.",
  'engine-failed': 'The Pulumi engine ended with an error.',
  'engine-missing': 'There is no usable Pulumi CLI.',
  'stack-locked': 'Somebody else is working on the stack.',
  'stack-missing': "Pulumi's record of the stack is gone.",
  'stack-damaged': "Pulumi's record of the stack cannot be read.",
  cancelled: 'A rollback took its place, or a person cancelled it.',
  interrupted: 'The service ended while it ran.',
  'cluster-not-built': "Green's cluster has not been built yet.",
  'cluster-given': 'The inventory names a cluster that exists, so there is none to build.',
  'cluster-under-way': "The inventory changes what green's cluster was built on.",
  'version-not-offered': 'EKS offers no cluster of this Kubernetes version.',
  'trust-policy-refused': "A role's trust policy cannot take our statement.",
  'workload-not-empty': 'A workload has something in green, so its cluster must stay.',
  'time-past': 'The time that was given has passed already.',
  'not-confirmed': 'The confirmation does not name what would be destroyed.',
  forbidden: 'Whoever asks is known, and may not.',
  'two-persons': 'The inventory wants one person to confirm and another to retire.',
  'issuer-unreachable': 'The issuer of a bearer token does not answer with its keys.',
  'idempotency-mismatch': 'The same Idempotency-Key came with another request.',
  'not-accepting': 'The service is starting or stopping.',
} as const

export type ErrorCode = keyof typeof errorCodes

export interface InventoryFault {
  /** JSON pointer into the document */
  readonly pointer: string
  readonly message: string
  readonly line?: number
  readonly column?: number
}

export class InventoryInvalid extends CutoverError {
  constructor(faults: readonly InventoryFault[]) {
    const places = faults.map(({ pointer, message, line, column }) => {
      const place = line === undefined ? pointer || '/' : `line ${line}, column ${column} (${pointer || '/'})`
      return `${place}: ${message}`
    })
    super('inventory-invalid', places.join('\n'), { faults })
  }
}

/** What went wrong, as callers see it: `code` is stable, the rest is what they can act on. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof CutoverError) return { code: error.code, message: error.message, details: error.details }
  return { code: 'engine-failed', message: error instanceof Error ? error.message : String(error) }
}
