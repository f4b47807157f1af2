import { Type } from 'typebox'
import type { Confirmation, Migration } from '../../automation/migration.ts'
import { statusNames } from '../../automation/phases/status.ts'
import type { WorkloadView } from '../../automation/views.ts'
import { conditionPattern } from '../../automation/waiting.ts'
import { workloadOutputsSchemas } from '../../infra/outputs.ts'
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
    status: Type.Union(statusNames.map((status) => Type.Literal(status))),
    sentence: Type.String(),
  },
  { $id: 'Workload' },
)

/** Of a GET that may be answered later. Strings, as queries are. */
export const waitQuery = Type.Object(
  {
    wait: Type.Optional(
      Type.String({
        pattern: conditionPattern,
        description:
          '`phase:soaking`, `status:ready`, `operation:over`, `gates:open`, or one of several: `phase:soaking,retired`',
      }),
    ),
    timeout: Type.Optional(
      Type.String({ pattern: '^([1-9][0-9]?|[12][0-9][0-9]|300)$', description: 'Seconds, 1 to 300; default 30' }),
    ),
  },
  { additionalProperties: false },
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

export const outputsSchema = Type.Union([...workloadOutputsSchemas], {
  $id: 'Outputs',
  description: 'The same document as the output `cutover` of the stack.',
})

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
