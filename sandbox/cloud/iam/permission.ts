import type { World } from '../world.ts'
import { documentOf } from './policy.ts'
import type { RoleRecord } from './state.ts'

/** One or several, as policies write them. */
type Patterns = string | readonly string[]

interface Statement {
  readonly Effect?: string
  readonly Action?: Patterns
  readonly NotAction?: Patterns
  readonly Resource?: Patterns
  readonly NotResource?: Patterns
  readonly Condition?: unknown
}

/** What somebody is about to do: `elasticloadbalancing:RegisterTargets` on the ARNs that the request names. */
export interface Act {
  readonly action: string
  readonly resources: readonly string[]
}

/**
 * Whether a policy of the role behind an access key denies an act in so many words. Nothing else is evaluated: no
 * allows, no conditions (a statement that has any is passed over), no boundaries, no policies of resources.
 * Answers the resource that is denied.
 */
export function deniedResource(world: World, accessKeyId: string, { action, resources }: Act): string | undefined {
  const session = world.iam.sessions.get(accessKeyId)
  const role = session && world.iam.roles.get(session.roleName)
  if (!role) return undefined
  const denials = documentsOf(world, role)
    .flatMap(statementsOf)
    .filter(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined)
    .filter((statement) => concerns(action.toLowerCase(), lower(statement.Action), lower(statement.NotAction)))
  // What a request names by no ARN can be denied for everything alone.
  const named = resources.length > 0 ? resources : ['*']
  return named.find((arn) => denials.some(({ Resource, NotResource }) => concerns(arn, Resource, NotResource)))
}

function documentsOf(world: World, role: RoleRecord): string[] {
  const attached = [...role.attachedPolicies.keys()].flatMap((arn) => {
    const policy = world.iam.policies.get(arn)
    return policy ? [documentOf(policy)] : []
  })
  return [...role.inlinePolicies.values(), ...attached]
}

function statementsOf(document: string): Statement[] {
  const { Statement: statements } = JSON.parse(document) as { Statement: Statement | Statement[] }
  return [statements].flat()
}

function concerns(value: string, patterns: Patterns | undefined, exceptions: Patterns | undefined): boolean {
  if (patterns !== undefined) return [patterns].flat().some((pattern) => matches(pattern, value))
  return exceptions !== undefined && ![exceptions].flat().some((pattern) => matches(pattern, value))
}

/** Actions have no case, ARNs do. */
function lower(patterns: Patterns | undefined): Patterns | undefined {
  return patterns && [patterns].flat().map((pattern) => pattern.toLowerCase())
}

function matches(pattern: string, value: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value)
}
