import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Rule } from '../cloud/elbv2/state.ts'
import { compileConditions, type RequestFacts } from './conditions.ts'
import { WeightedChoice } from './weights.ts'

export interface Forward {
  readonly kind: 'forward'
  readonly choice: WeightedChoice
  readonly groups: ReadonlySet<string>
  /** AWS seconds; undefined: no target-group stickiness. */
  readonly stickySeconds: number | undefined
}

/** The last action of a rule, in the form in which requests are answered. */
export type RouteAction =
  | Forward
  | { readonly kind: 'redirect'; readonly redirect: NonNullable<Action['RedirectConfig']> }
  | { readonly kind: 'fixed-response'; readonly fixed: NonNullable<Action['FixedResponseConfig']> }
  /** An authenticate or token action comes first: nobody can sign in here. */
  | { readonly kind: 'unauthenticated' }

export interface Route {
  readonly matches: (request: RequestFacts) => boolean
  readonly action: RouteAction
}

/**
 * Rules into routes. Conditions and actions are compiled once and kept as long as the model keeps them, because most changes
 * concern neither, and because a weighted choice must go on where it was when an unrelated thing changed.
 */
export class RuleCompiler {
  readonly #conditions = new WeakMap<Rule['conditions'], Route['matches']>()
  readonly #actions = new WeakMap<Rule['actions'], RouteAction>()

  /** `rules` in the order in which they are tried. */
  compile(rules: readonly Rule[]): Route[] {
    return rules.map((rule) => ({
      matches: kept(this.#conditions, rule.conditions, compileConditions),
      action: kept(this.#actions, rule.actions, compileActions),
    }))
  }
}

function kept<Key extends object, Value>(cache: WeakMap<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make(key)
  cache.set(key, made)
  return made
}

function compileActions(actions: readonly Action[]): RouteAction {
  const action = actions.at(-1)
  if (actions.length > 1) return { kind: 'unauthenticated' }
  if (action?.RedirectConfig) return { kind: 'redirect', redirect: action.RedirectConfig }
  if (action?.FixedResponseConfig) return { kind: 'fixed-response', fixed: action.FixedResponseConfig }
  const groups = (action?.ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn = '', Weight = 0 }) => ({
    arn: TargetGroupArn,
    weight: Weight,
  }))
  const stickiness = action?.ForwardConfig?.TargetGroupStickinessConfig
  return {
    kind: 'forward',
    choice: new WeightedChoice(groups),
    groups: new Set(groups.map(({ arn }) => arn)),
    stickySeconds: stickiness?.Enabled ? stickiness.DurationSeconds : undefined,
  }
}
