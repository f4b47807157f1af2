import { Type, type Static } from 'typebox'
import { serviceNames } from './cloud/services.ts'

const strict = { additionalProperties: false }

const matchSchema = Type.Object(
  {
    service: Type.Optional(
      Type.Enum(serviceNames, { description: 'As in the list of services: sts, ec2, iam, elbv2, …' }),
    ),
    operation: Type.Optional(Type.String({ minLength: 1, description: "AWS's own name, for instance ModifyRule" })),
    accessKeyId: Type.Optional(Type.String({ minLength: 1 })),
  },
  { ...strict, description: 'Members that are left out match everything' },
)

const effectSchema = Type.Union([
  Type.Object({ throttle: Type.Literal(true) }, { ...strict, description: "The service's own throttling error" }),
  Type.Object(
    { error: Type.Union([Type.Literal(500), Type.Literal(503)]) },
    { ...strict, description: 'A failure of AWS, before any effect' },
  ),
  Type.Object(
    { delayMs: Type.Integer({ minimum: 1, maximum: 600_000 }) },
    {
      ...strict,
      description: 'Real milliseconds before the call takes effect. It does so even when the caller has gone',
    },
  ),
  Type.Object(
    { denied: Type.Literal(true) },
    { ...strict, description: 'No policy of the caller allows it: refused in the words of IAM, before any effect' },
  ),
  Type.Object({ drop: Type.Literal(true) }, { ...strict, description: 'The connection is cut before any effect' }),
  Type.Object(
    { failAfterEffect: Type.Union([Type.Literal('error'), Type.Literal('drop')]) },
    { ...strict, description: 'The call takes effect, and is answered with 500 or not at all' },
  ),
])

/** What a control endpoint takes: `{ "match": { "service": "elbv2" }, "effect": { "throttle": true }, "times": 3 }` */
export const faultSchema = Type.Object(
  {
    match: matchSchema,
    effect: effectSchema,
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'Spent after this many calls; without it never' })),
  },
  strict,
)

export type Fault = Static<typeof faultSchema>
type FaultEffect = Static<typeof effectSchema>
type Delay = Extract<FaultEffect, { delayMs: number }>
export type TerminalEffect = Exclude<FaultEffect, Delay>

export interface FaultRule extends Fault {
  readonly id: string
  /** How many calls it has acted on. */
  readonly applied: number
}

/** What is to happen to one call. */
export interface Trouble {
  readonly delayMs: number
  readonly effect: TerminalEffect | undefined
}

const isDelay = (effect: FaultEffect): effect is Delay => 'delayMs' in effect

/** Trouble on AWS's side, by rule and never by chance. Rules are asked in the order in which they were added. */
export class Faults {
  #rules: (FaultRule & { applied: number })[] = []
  #added = 0

  add(fault: Fault): FaultRule {
    const rule = { ...fault, id: `fault-${++this.#added}`, applied: 0 }
    this.#rules.push(rule)
    return { ...rule }
  }

  /** Spent rules stay in the list until they are cleared. */
  list(): readonly FaultRule[] {
    return this.#rules.map((rule) => ({ ...rule }))
  }

  /** One rule, or all of them. False when there is no such rule. */
  clear(id?: string): boolean {
    const kept = id === undefined ? [] : this.#rules.filter((rule) => rule.id !== id)
    const found = id === undefined || kept.length < this.#rules.length
    this.#rules = kept
    return found
  }

  /** What the rules do to this call. Delays add up; of the other effects the first wins, and the rest are not spent on it. */
  take(service: string, operation: string, accessKeyId: string): Trouble {
    const call = { service, operation, accessKeyId }
    let delayMs = 0
    let effect: TerminalEffect | undefined
    for (const rule of this.#rules) {
      if (!matches(rule, call)) continue
      if (isDelay(rule.effect)) delayMs += rule.effect.delayMs
      else if (effect === undefined) effect = rule.effect
      else continue
      rule.applied += 1
    }
    return { delayMs, effect }
  }
}

function matches(rule: FaultRule, call: { service: string; operation: string; accessKeyId: string }): boolean {
  if (rule.times !== undefined && rule.applied >= rule.times) return false
  const { service, operation, accessKeyId } = rule.match
  return (
    (service === undefined || service === call.service) &&
    (operation === undefined || operation === call.operation) &&
    (accessKeyId === undefined || accessKeyId === call.accessKeyId)
  )
}
