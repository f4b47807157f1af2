import { Type } from 'typebox'
import { eventTypes } from '../../automation/events.ts'
import { instantSchema, nullableString } from './common.ts'

const typeSchema = Type.Union(Object.keys(eventTypes).map((type) => Type.Literal(type)))

const dataSchema = Type.Object({
  seq: Type.Integer(),
  at: instantSchema,
  migration: nullableString,
  workload: nullableString,
  operation: nullableString,
  type: typeSchema,
  data: Type.Object({}, { additionalProperties: true }),
})

/** One event of the stream, as its lines say it. */
export const eventSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9]{1,15}$', description: 'Last-Event-ID goes on after it.' }),
    event: typeSchema,
    data: Type.String({ contentMediaType: 'application/json', contentSchema: dataSchema }),
  },
  { description: 'An event of the stream.' },
)
