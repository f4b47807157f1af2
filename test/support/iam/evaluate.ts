import type { Act } from './acts.ts'

/** As far as our policies use the language: allows, with conditions of these operators. */
export interface Document {
  readonly Version: string
  readonly Statement: readonly Statement[]
}

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** The statements that allow an act; [] when none does. Throws on what is not understood: nothing is guessed. */
export const allowing = ({ Statement: statements }: Document, act: Act): Statement[] =>
  statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      Action.some((pattern) => like(pattern.toLowerCase(), act.action.toLowerCase())) &&
      Resource.some((pattern) => like(pattern, act.resource)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, valuesOf(key, act), [wanted].flat())),
      ),
  )

/** `undefined`: the request has no such key. */
function valuesOf(key: string, { requestTags, resourceTags, context }: Act): readonly string[] | undefined {
  const [, which, name = ''] = /^aws:(RequestTag|ResourceTag)\/(.+)$/.exec(key) ?? []
  if (which === undefined) return context[key]
  const value = (which === 'RequestTag' ? requestTags : resourceTags)[name]
  return value === undefined ? undefined : [value]
}

function holds(operator: string, values: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, every, test] = /^(ForAllValues:)?(StringEquals|StringLike|ArnEquals|ArnLike)$/.exec(operator) ?? []
  if (test === undefined) throw new Error(`no such operator is understood: ${operator}`)
  const fits = (value: string) => wanted.some((one) => (test === 'StringEquals' ? one === value : like(one, value)))
  if (every !== undefined) return (values ?? []).every(fits)
  return values !== undefined && values.some(fits)
}

function like(pattern: string, value: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value)
}
