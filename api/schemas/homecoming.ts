import { Type } from 'typebox'
import type { Homecoming } from '../../automation/homecoming.ts'
import { nullableInstant, nullableString, phaseSchema } from './common.ts'

export const waitSchema = Type.String({
  pattern: '^([1-9]|[1-5][0-9]|60)$',
  description: 'Seconds, 1 to 60, that the answer may wait for the last one to be home.',
})

export const homecomingSchema = Type.Object(
  {
    workload: Type.String(),
    phase: phaseSchema,
    outcome: Type.Union((['home', 'going', 'refused'] as const).map((outcome) => Type.Literal(outcome))),
    since: Type.Union(nullableInstant.anyOf, {
      description: 'When AWS was read back as home; null: it is not, or it has never left.',
    }),
    operation: nullableString,
    refusal: Type.Union([Type.Object({ code: Type.String(), detail: Type.String() }), Type.Null()]),
  },
  { $id: 'Homecoming' },
)

export const homecomingsSchema = Type.Object(
  { migration: Type.String(), workloads: Type.Array(Type.Ref('Homecoming')) },
  { description: '200: none is on its way any more. 202: some are.' },
)

export const showHomecoming = ({ since, refusal, ...rest }: Homecoming) => ({
  ...rest,
  since: since === null ? null : new Date(since).toISOString(),
  refusal: refusal && { code: refusal.code, detail: refusal.message },
})
