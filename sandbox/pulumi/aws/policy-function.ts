import { isObject, type Properties, type Value } from '../properties.ts'
import { createHash } from 'node:crypto'

/** A policy's JSON from its statements, as the official provider writes it: one of something is no list. */
export function policyDocument(args: Properties): Properties {
  const statements = objects(args.statements).map(statementOf)
  const document = {
    Version: args.version ?? '2012-10-17',
    ...(args.policyId !== undefined && { Id: args.policyId }),
    Statement: statements,
  }
  const inherited = [...texts(args.sourcePolicyDocuments), ...texts(args.overridePolicyDocuments)]
  if (inherited.length > 0)
    throw new Error('policies made of other policies are not supported by this stand-in provider')
  const json = JSON.stringify(document, null, 2)
  const id = createHash('sha256').update(json).digest().readUInt32BE()
  return { ...args, id: String(id), json, minifiedJson: JSON.stringify(document) }
}

function statementOf(statement: Properties): Properties {
  const { sid, effect, actions, notActions, resources, notResources, principals, notPrincipals, conditions } = statement
  return {
    ...(sid ? { Sid: sid } : {}),
    Effect: effect ?? 'Allow',
    ...named('Principal', principalsOf(principals)),
    ...named('NotPrincipal', principalsOf(notPrincipals)),
    ...named('Action', oneOrSorted(actions)),
    ...named('NotAction', oneOrSorted(notActions)),
    ...named('Resource', oneOrSorted(resources)),
    ...named('NotResource', oneOrSorted(notResources)),
    ...named('Condition', conditionsOf(conditions)),
  }
}

function named(name: string, value: Value | undefined): Properties {
  return value === undefined ? {} : { [name]: value }
}

/** Everybody is `*`, and not a list by type. */
function principalsOf(principals: Value | undefined): Value | undefined {
  const all = objects(principals)
  if (all.length === 0) return undefined
  const [first] = all
  if (all.length === 1 && first?.type === '*' && texts(first.identifiers)[0] === '*') return '*'
  return Object.fromEntries(all.map(({ type, identifiers }) => [text(type), oneOrSorted(identifiers) ?? '']))
}

function conditionsOf(conditions: Value | undefined): Value | undefined {
  const tests: Record<string, Properties> = {}
  for (const { test, variable, values } of objects(conditions)) {
    const listed = texts(values)
    tests[text(test)] = {
      ...tests[text(test)],
      [text(variable)]: listed.length === 1 ? (listed[0] ?? '') : listed,
    }
  }
  return Object.keys(tests).length > 0 ? tests : undefined
}

function oneOrSorted(values: Value | undefined): Value | undefined {
  const listed = texts(values)
  if (listed.length === 0) return undefined
  return listed.length === 1 ? listed[0] : listed.sort().reverse()
}

const objects = (value: Value | undefined): Properties[] => (Array.isArray(value) ? value.filter(isObject) : [])

const texts = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(text) : [])

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''))
