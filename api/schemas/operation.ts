import { Type } from 'typebox'
import type { Operation, Unanswered } from '../../automation/migration.ts'
import { problemOf, type Problem } from '../errors.ts'
import type { ErrorCode } from '../../automation/errors.ts'
import { clusterStack } from '../../infra/names.ts'
import { clusterStates, instantSchema, nullableInstant, nullableNumber, nullableString, phaseSchema } from './common.ts'

const oneOf = <T extends string>(...values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)))

/** Of a workload a phase, of green's cluster its state. */
const placeSchema = Type.Union([phaseSchema, oneOf(...clusterStates)])

export const operationSchema = Type.Object(
  {
    id: Type.String(),
    migration: Type.String(),
    workload: nullableString,
    action: oneOf(
      ...['plan', 'advance', 'rollback', 'abandon', 'release', 'cluster-preview', 'cluster-up', 'cluster-destroy'],
    ),
    state: oneOf('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'),
    from: placeSchema,
    to: placeSchema,
    reason: nullableString,
    requestedBy: Type.String(),
    requestedAt: instantSchema,
    startedAt: nullableInstant,
    finishedAt: nullableInstant,
    homeMs: Type.Union([Type.Number(), Type.Null()], {
      description: 'Rollback only: milliseconds from the request received to the switch point read back as 100/0.',
    }),
    settledMs: nullableNumber,
    lingers: Type.Union([Type.Object({ seconds: Type.Number(), sentence: Type.String() }), Type.Null()]),
    unanswered: Type.Union(
      [
        Type.Object({ call: Type.String(), error: Type.String(), since: instantSchema, until: nullableInstant }),
        Type.Null(),
      ],
      {
        description:
          'AWS does not answer it: which call, what came instead, and until when it is tried; null: for ever.',
      },
    ),
    result: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description:
        'Of a plan: its hash, the readable diff of each stage, and the way back. Of all others: the stack outputs.',
    }),
    error: Type.Union([Type.Ref('Problem'), Type.Null()]),
  },
  { $id: 'Operation' },
)

/** An operation as the API shows it: instants in ISO 8601, its error as a problem. */
export const showOperation = (operation: Operation) => ({
  id: operation.id,
  migration: operation.migration,
  workload: operation.workload === clusterStack ? null : operation.workload,
  action: operation.action,
  state: operation.state,
  from: operation.from,
  to: operation.to,
  reason: operation.reason,
  requestedBy: operation.requestedBy,
  requestedAt: new Date(operation.requestedAt).toISOString(),
  startedAt: isoOrNull(operation.startedAt),
  finishedAt: isoOrNull(operation.finishedAt),
  homeMs: operation.homeMs,
  settledMs: operation.settledMs,
  lingers: operation.lingers,
  unanswered: showUnanswered(operation.unanswered),
  result: operation.result as Record<string, unknown> | null,
  error: operation.error && problemOfFailure(operation.error),
})

const showUnanswered = (unanswered: Unanswered | null) =>
  unanswered && {
    ...unanswered,
    since: new Date(unanswered.since).toISOString(),
    until: isoOrNull(unanswered.until),
  }

const problemOfFailure = ({ code, message, details }: NonNullable<Operation['error']>): Problem =>
  problemOf(code as ErrorCode, message, details)

const isoOrNull = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString())
