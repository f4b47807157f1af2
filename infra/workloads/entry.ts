import { Type, type Static } from 'typebox'

const duration = (description: string, fallback: string) =>
  Type.String({
    pattern: '^(0|[0-9]{1,6}(ms|s|m|h|d))$',
    default: fallback,
    description: `${description} e.g. 30s, 5m, 24h`,
  })

const headers = Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String({ pattern: '^[^\\r\\n]*$' }), {
  additionalProperties: false,
})

/** The front door as the service reaches it. */
export const probeSchema = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^/\\s]+',
      description: 'What the service asks, every few seconds while the workload moves.',
    }),
    headers: Type.Optional(headers),
    expect: Type.Optional(
      Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), {
        minItems: 1,
        description: 'Good statuses. Default [200].',
      }),
    ),
    marker: Type.Optional(
      Type.Object(
        {
          header: Type.Optional(
            Type.String({ minLength: 1, description: 'A header of the answer that names the cluster.' }),
          ),
          json: Type.Optional(Type.String({ pattern: '^/', description: 'A JSON pointer into the answer, likewise.' })),
          blue: Type.Optional(Type.String({ description: 'What it says on blue. Default blue.' })),
          green: Type.Optional(Type.String({ description: 'What it says on green. Default green.' })),
        },
        {
          additionalProperties: false,
          description: 'How an answer tells which cluster gave it: either header or json.',
        },
      ),
    ),
  },
  { additionalProperties: false },
)

/** The Service that runs a workload, for the kinds that reach it by its port. */
export const serviceSchema = Type.Object(
  {
    namespace: Type.String({ minLength: 1, maxLength: 63 }),
    name: Type.String({ minLength: 1, maxLength: 63 }),
    port: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.String({ minLength: 1, maxLength: 15 })]),
  },
  { additionalProperties: false, description: 'The Service, the same in both clusters. port: its number or name.' },
)

const day = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const range = `${day}(-${day})?`
const time = (pattern: string, description: string) => Type.String({ pattern, description })

/** When changes may be made, by the clock on the wall of a time zone. */
const changeWindowSchema = Type.Object(
  {
    days: Type.String({ pattern: `^${range}(,${range})*$`, description: 'e.g. Mon-Thu, or Mon-Wed,Fri' }),
    from: time('^([01][0-9]|2[0-3]):[0-5][0-9]$', 'e.g. "09:00"'),
    to: time('^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', 'e.g. "16:00"; before `from`: on the day after'),
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'By its IANA name, e.g. Europe/Berlin' }),
  },
  { additionalProperties: false },
)

export type ChangeWindow = Static<typeof changeWindowSchema>

export const windowsSchema = Type.Optional(
  Type.Array(changeWindowSchema, {
    maxItems: 20,
    description: 'When a step may move traffic or retire blue; a rollback always may. None: at any time.',
  }),
)

/** What every inventory entry says, whatever its kind. Defaults are documented in docs/inventory.md. */
export const entrySchema = Type.Object({
  probe: Type.Union([probeSchema, Type.Literal('none')], {
    description: '`none`: the service cannot reach the front door; a person confirms that green answers.',
  }),
  steps: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1, maximum: 100 }), {
      minItems: 1,
      description:
        "Green's share in percent, rising strictly, the last one 100. Default [10, 50, 100]; [100] for all-or-nothing.",
    }),
  ),
  bake: Type.Optional(duration('How long each step must have lasted before the next.', '5m')),
  soak: Type.Optional(duration('How long green must have had all traffic before blue is retired.', '24h')),
  capacity: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      description: "Green's targets per blue target at the same share. Default 1.",
    }),
  ),
  onGuard: Type.Optional(
    Type.Union([Type.Literal('rollback'), Type.Literal('hold')], {
      description: 'When a guard fires. Default rollback.',
    }),
  ),
  windows: windowsSchema,
  managedElsewhere: Type.Optional(
    Type.Union([Type.Literal('no'), Type.Literal('paused')], {
      description: '`paused`: another tool manages the switch point and is frozen for the move. Default no.',
    }),
  ),
})

export type Entry = Static<typeof entrySchema>
export type Probe = Static<typeof probeSchema>
