import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2State, Listener, LoadBalancer, Rule } from './state.ts'

/** The target groups that actions forward to, with weight 0 or not: a group of weight 0 is in use. */
export function groupsOf(actions: readonly Action[]): string[] {
  return actions.flatMap((action) => {
    const groups = action.ForwardConfig?.TargetGroups?.map((group) => group.TargetGroupArn) ?? [action.TargetGroupArn]
    return groups.filter((arn) => arn !== undefined)
  })
}

export const listenersOf = (state: Elbv2State, loadBalancerArn: string): Listener[] =>
  [...state.listeners.values()].filter((listener) => listener.loadBalancerArn === loadBalancerArn)

/** In the order in which they are tried: by priority, the default rule last. */
export function rulesOf(state: Elbv2State, listenerArn: string): Rule[] {
  const order = (rule: Rule) => (rule.priority === 'default' ? Infinity : rule.priority)
  return [...state.rules.values()]
    .filter((rule) => rule.listenerArn === listenerArn)
    .sort((a, b) => order(a) - order(b))
}

/** Every group that some listener or rule refers to, with the load balancer that it belongs to. AWS allows one. */
export function usedGroups(state: Elbv2State): Map<string, LoadBalancer> {
  const used = new Map<string, LoadBalancer>()
  for (const rule of state.rules.values()) {
    const listener = state.listeners.get(rule.listenerArn)
    const loadBalancer = listener && state.loadBalancers.get(listener.loadBalancerArn)
    if (loadBalancer) for (const arn of groupsOf(rule.actions)) used.set(arn, loadBalancer)
  }
  return used
}

export const loadBalancerOf = (state: Elbv2State, targetGroupArn: string) => usedGroups(state).get(targetGroupArn)
