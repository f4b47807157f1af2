import { Type } from 'typebox'

export const namePattern = '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'
export const nameSchema = Type.String({ pattern: namePattern })

/** What a caller may write: a database keeps no character NUL. */
export const textSchema = ({ min = 0, max, ...rest }: { min?: number; max: number; description?: string }) =>
  Type.String({ minLength: min, maxLength: max, pattern: '^[^\\u0000]*$', ...rest })

export const instantSchema = Type.String({ format: 'date-time' })

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const nullableInstant = nullable(instantSchema)
export const nullableString = nullable(Type.String())
export const nullableNumber = nullable(Type.Number())

export const splitSchema = Type.Object(
  { blue: Type.Integer({ minimum: 0, maximum: 100 }), green: Type.Integer({ minimum: 0, maximum: 100 }) },
  { description: 'Shares in percent; they sum to 100.' },
)

export const phaseSchema = Type.Union(
  (['registered', 'adopted', 'prepared', 'shifting', 'soaking', 'retired', 'released', 'abandoned'] as const).map(
    (phase) => Type.Literal(phase),
  ),
)

/** What green's cluster may be; also where an operation of it comes from and goes to. */
export const clusterStates = ['given', 'not-built', 'incomplete', 'built'] as const

export const migrationParams = Type.Object({ migration: nameSchema })
export const workloadParams = Type.Object({ migration: nameSchema, workload: nameSchema })

/** `cursor`: the pattern of the list's own cursors. */
export const pageQueryOf = (cursor: string) =>
  Type.Object(
    {
      limit: Type.Optional(
        Type.String({ pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$', description: '1 to 200; default 50' }),
      ),
      cursor: Type.Optional(Type.String({ pattern: cursor, description: '`next` of the page before' })),
    },
    { additionalProperties: false },
  )

export const limitOf = (limit: string | undefined): number => (limit === undefined ? 50 : Number(limit))

export const pageOf = <T extends Parameters<typeof Type.Array>[0]>(items: T) =>
  Type.Object({ items: Type.Array(items), next: nullableString })
