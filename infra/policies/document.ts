import type { Condition, Grant } from './grant.ts'

/** As IAM takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly PolicyStatement[]
}

export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Condition
}

/** What a managed policy may have, white space not counted; a role takes ten of them (IAM quotas). */
export const managedPolicyCharacters = 6144

type Part = Pick<Grant, 'sid' | 'actions' | 'resources' | 'condition'>

/**
 * What stands on the same resources becomes one statement, and then what has the same actions; so nothing is allowed that no grant
 * allows. In the order of the grants.
 */
export function documentOf(grants: readonly Grant[]): PolicyDocument {
  const byResources = joined(grants, 'actions', ({ sid, condition, resources }) => [sid, condition, sorted(resources)])
  const parts = joined(byResources, 'resources', ({ sid, condition, actions }) => [sid, condition, actions])
  const sids = new Map<string, number>()
  const Statement = parts.map(({ sid, actions, resources, condition }): PolicyStatement => {
    const times = (sids.get(sid) ?? 0) + 1
    sids.set(sid, times)
    return {
      // a Sid is one statement's alone
      Sid: times === 1 ? sid : `${sid}${times}`,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(condition && { Condition: condition }),
    }
  })
  return { Version: '2012-10-17', Statement }
}

/** One for all that have the same key, with the `list` of all of them. */
function joined(parts: readonly Part[], list: 'actions' | 'resources', key: (part: Part) => unknown): Part[] {
  const groups = Map.groupBy(parts, (part) => JSON.stringify(key(part)))
  return [...groups.values()].flatMap((some) => {
    const [first] = some
    return first ? [{ ...first, [list]: sorted(some.flatMap((one) => one[list])) }] : []
  })
}

/** Each once. */
const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort()
