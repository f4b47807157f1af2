import { Type } from 'typebox'
import type { Confirmation, Migration } from '../../automation/migration.ts'
import type { WorkloadView } from '../../automation/views.ts'
import { instantSchema, nullableNumber, phaseSchema, splitSchema } from './common.ts'
import { showHold } from './hold.ts'
import { showOperation } from './operation.ts'

export const gateSchema = Type.Object({
  name: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('unknown')]),
  sentence: Type.String(),
  numbers: Type.Record(Type.String(), Type.Number()),
})

export const workloadSchema = Type.Object(
  {
    migration: Type.String(),
    name: Type.String(),
    kind: Type.String(),
    phase: phaseSchema,
    step: nullableNumber,
    split: Type.Object({ wanted: splitSchema, observed: Type.Union([splitSchema, Type.Null()]) }),
    gates: Type.Array(gateSchema),
    holds: Type.Array(Type.Ref('Hold')),
    operation: Type.Union([Type.Ref('Operation'), Type.Null()]),
    status: Type.Union(
      (['running', 'waiting', 'ready', 'stuck', 'ended'] as const).map((status) => Type.Literal(status)),
    ),
    sentence: Type.String(),
  },
  { $id: 'Workload' },
)

export const confirmationSchema = Type.Object({ by: Type.String(), reason: Type.String(), at: instantSchema })

export const migrationSchema = Type.Object(
  {
    name: Type.String(),
    inventory: Type.Object({}, { additionalProperties: true }),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  },
  { $id: 'Migration' },
)

export const outputsSchema = Type.Object(
  { schemaVersion: Type.Literal(1) },
  {
    $id: 'Outputs',
    additionalProperties: true,
    description: 'The same document as the output `cutover` of the stack.',
  },
)

export const byHandSchema = Type.Object({
  environment: Type.Record(Type.String(), Type.String(), { description: 'What the CLI needs in its environment.' }),
  preview: Type.String(),
  up: Type.String(),
  upNeeds: Type.Optional(
    Type.String({
      description: 'An up by hand of a workload moves traffic past the gates; it is refused until this was run.',
    }),
  ),
})

export const showConfirmation = ({ by, reason, at }: Confirmation) => ({ by, reason, at: iso(at) })

export const showWorkload = (view: WorkloadView) => ({
  ...view,
  gates: view.gates.map((gate) => ({ ...gate, numbers: { ...gate.numbers } })),
  holds: view.holds.map(showHold),
  operation: view.operation && showOperation(view.operation),
})

export const showMigration = ({ name, inventory, createdAt, updatedAt }: Migration) => ({
  name,
  inventory: inventory as unknown as Record<string, unknown>,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
})

const iso = (instant: number): string => new Date(instant).toISOString()
