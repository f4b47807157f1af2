import { Type } from 'typebox'

export const problemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; docs/errors.md lists all of them.' }),
    detail: Type.String(),
  },
  { $id: 'Problem', additionalProperties: true, description: 'RFC 9457, with members that a caller can act on.' },
)

/** The problems that a route answers, by status. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'A problem.', content: { 'application/problem+json': { schema: Type.Ref('Problem') } } },
    ]),
  )
