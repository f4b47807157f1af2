import { Type, type Static, type TObject, type TProperties } from 'typebox'

/** Of the contract below. Within a version members are only added, and as optional ones: the journal keeps outputs of before. */
export const outputsVersion = 1

export const stageNames = [
  'adopted',
  'prepared',
  'shifting',
  'soaking',
  'retired',
  'restored',
  'unprotected',
  'left-out',
] as const

export type StageName = (typeof stageNames)[number]

const share = Type.Integer({ minimum: 0, maximum: 100 })
const text = Type.String({ minLength: 1 })
export const textOrNull = (description: string) => Type.Union([text, Type.Null()], { description })

const members = {
  schemaVersion: Type.Literal(outputsVersion),
  migration: text,
  workload: text,
  kind: text,
  stage: Type.Enum([...stageNames], { description: 'What the stack was last brought up to.' }),
  split: Type.Object(
    { blue: share, green: share },
    { additionalProperties: false, description: 'What that stage set, in percent; they sum to 100.' },
  ),
  frontDoor: Type.String({ minLength: 1, description: 'A host name, or a host and port, that clients use.' }),
  targetGroups: Type.Object(
    { blue: Type.Union([text, Type.Null()]), green: Type.Union([text, Type.Null()]) },
    { additionalProperties: false, description: 'By ARN; null: that side has none that the switch knows of.' },
  ),
  switchPoint: Type.String({ minLength: 1, description: 'The one object whose value decides who gets the traffic.' }),
  testRoute: textOrNull('The object that leads the service alone to green, while there is one.'),
}

/** The object `cutover` that a workload's stack exports: the contract that CI reads. */
export type WorkloadOutputs = { readonly [Name in keyof typeof members]: Static<(typeof members)[Name]> }

/** Of every workload, in the order of the reference page. */
export const outputMembers: readonly string[] = Object.keys(members)

/** What stacks of one kind export; `more`: beside what every workload's does. */
export const outputsOf = (kind: string, more: TProperties = {}): TObject =>
  Type.Object({ ...members, kind: Type.Literal(kind), ...more }, { additionalProperties: false })
