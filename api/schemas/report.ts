import { Type } from 'typebox'
import type { RunReport } from '../../automation/report/report.ts'
import { instantSchema, nullableNumber, nullableString, phaseSchema, splitSchema } from './common.ts'
import { gateSchema } from './workload.ts'

const nullableInstant = Type.Union([instantSchema, Type.Null()])
const waited = Type.Object({ time: Type.Number(), people: Type.Number() })

const visitSchema = Type.Object({
  phase: phaseSchema,
  step: nullableNumber,
  split: splitSchema,
  enteredAt: instantSchema,
  leftAt: nullableInstant,
  waited,
  left: Type.Union([
    Type.Object({
      operation: Type.String(),
      action: Type.String(),
      by: Type.String(),
      reason: nullableString,
      seconds: Type.Number(),
      gates: Type.Array(gateSchema),
    }),
    Type.Null(),
  ]),
})

export const reportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    migration: Type.String(),
    workload: Type.String(),
    kind: Type.String(),
    phase: phaseSchema,
    from: nullableInstant,
    to: instantSchema,
    seconds: Type.Object({ total: Type.Number(), machine: Type.Number(), ...waited.properties }),
    visits: Type.Array(visitSchema),
    rollbacks: Type.Array(
      Type.Object({
        operation: Type.String(),
        at: instantSchema,
        by: Type.String(),
        reason: nullableString,
        state: Type.String(),
        homeMs: nullableNumber,
        reconciledMs: nullableNumber,
        settledMs: nullableNumber,
      }),
    ),
    refusals: Type.Array(
      Type.Object({
        at: instantSchema,
        action: Type.String(),
        by: Type.String(),
        code: Type.String(),
        sentence: Type.String(),
      }),
    ),
  },
  { $id: 'RunReport' },
)

export const showReport = (report: RunReport) => ({
  ...report,
  visits: report.visits.map((visit) => ({
    ...visit,
    left: visit.left && {
      ...visit.left,
      gates: visit.left.gates.map((gate) => ({ ...gate, numbers: { ...gate.numbers } })),
    },
  })),
  rollbacks: report.rollbacks.map((rollback) => ({ ...rollback })),
  refusals: report.refusals.map((refusal) => ({ ...refusal })),
})
