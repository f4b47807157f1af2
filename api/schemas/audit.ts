import { Type } from 'typebox'
import { auditOutcomes, type AuditEntry } from '../../automation/audit.ts'
import { instantSchema, nullableString, pageQueryOf, textSchema } from './common.ts'

export const auditEntrySchema = Type.Object(
  {
    seq: Type.Integer(),
    at: instantSchema,
    action: Type.String({ description: 'docs/audit.md lists them.' }),
    outcome: Type.Union(auditOutcomes.map((outcome) => Type.Literal(outcome))),
    migration: nullableString,
    workload: nullableString,
    operation: nullableString,
    by: Type.String(),
    credential: nullableString,
    address: nullableString,
    reason: nullableString,
    plan: nullableString,
    update: Type.Union([
      Type.Object({
        stack: Type.String(),
        message: Type.String(),
        steps: Type.Record(Type.String(), Type.Integer()),
      }),
      Type.Null(),
    ]),
    aws: Type.Array(Type.Object({ call: Type.String(), requestId: nullableString, error: nullableString })),
    details: Type.Object({}, { additionalProperties: true }),
    previous: Type.String(),
    hash: Type.String({
      description: 'SHA-256 of the entry without this member, as JSON with sorted keys and no spaces.',
    }),
  },
  { $id: 'AuditEntry' },
)

const text = Type.Optional(textSchema({ min: 1, max: 200 }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', maxLength: 40, description }))

export const auditQuery = Type.Object(
  {
    ...pageQueryOf('^[0-9]{1,15}$').properties,
    migration: text,
    workload: text,
    operation: text,
    by: text,
    action: text,
    since: instant('From then on.'),
    until: instant('Before then.'),
  },
  { additionalProperties: false },
)

export const showAuditEntry = (entry: AuditEntry) => ({
  ...entry,
  update: entry.update && { ...entry.update, steps: { ...entry.update.steps } },
  aws: entry.aws.map((write) => ({ ...write })),
  details: { ...entry.details },
})
