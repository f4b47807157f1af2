import { Type, type Static } from 'typebox'
import type { HoldTerm } from '../../automation/holds/requests.ts'
import type { Hold } from '../../automation/migration.ts'
import { instantSchema, nullableInstant } from './common.ts'

const thenSchema = Type.Union([Type.Literal('rollback'), Type.Literal('resume')])

export const holdSchema = Type.Object(
  {
    id: Type.String(),
    migration: Type.Union([Type.String(), Type.Null()], { description: 'null: everything is held.' }),
    workload: Type.Union([Type.String(), Type.Null()], { description: 'null: all of the migration is held.' }),
    name: Type.String(),
    reason: Type.String(),
    by: Type.String(),
    since: instantSchema,
    until: nullableInstant,
    then: Type.Union([thenSchema, Type.Null()], { description: 'What is done when its time has come.' }),
  },
  { $id: 'Hold' },
)

const until = Type.Optional(
  Type.String({
    format: 'date-time',
    maxLength: 40,
    description: 'When it ends by itself; left out: when it is removed.',
  }),
)

/** The members of a request that say when a hold ends. */
export const term = {
  until,
  then: Type.Optional(
    Type.Union(thenSchema.anyOf, {
      description:
        '`rollback`, as when left out: what has traffic on green goes home first. `resume`: it is removed, and nothing moves.',
    }),
  ),
}

export const freezeSchema = Type.Object(
  { frozen: Type.Boolean(), hold: Type.Union([Type.Ref('Hold'), Type.Null()]) },
  { description: '`hold`: who froze everything, and why; null: nobody has.' },
)

interface Term {
  readonly until?: Static<typeof until>
  readonly then?: Static<typeof thenSchema>
}

export const termOf = ({ until: text, then }: Term): HoldTerm => ({
  until: text === undefined ? null : Date.parse(text),
  ...(then === undefined ? {} : { then }),
})

export const showHold = ({ id, migration, workload, name, reason, by, since, until: end, then }: Hold) => ({
  ...{ id, migration, workload, name, reason, by, then },
  since: new Date(since).toISOString(),
  until: end === null ? null : new Date(end).toISOString(),
})
