import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  type Action,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import type { Json, SwitchPoint } from '../kind.ts'
import type { FoundSwitch } from './found.ts'

/** A rule or a listener as AWS describes it, with the actions that are its traffic. */
export interface Described {
  readonly actions: readonly Action[]
  readonly rest: Json
}

/** One call. null when there is no such rule or listener. */
export async function describeSwitchPoint(
  switchPoint: FoundSwitch['switchPoint'],
  aws: Aws,
): Promise<Described | null> {
  try {
    if (switchPoint.type === 'rule') {
      const answer = await aws.elbv2.send(new DescribeRulesCommand({ RuleArns: [switchPoint.arn] }))
      const rule = answer.Rules?.[0]
      if (!rule) return null
      const { Actions, ...rest } = rule
      return { actions: Actions ?? [], rest: jsonOf(rest) }
    }
    const answer = await aws.elbv2.send(new DescribeListenersCommand({ ListenerArns: [switchPoint.arn] }))
    const listener = answer.Listeners?.[0]
    if (!listener) return null
    const { DefaultActions, ...rest } = listener
    return { actions: DefaultActions ?? [], rest: jsonOf(rest) }
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

export const switchPointFrom = (
  described: Described,
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>,
  arn: string,
): SwitchPoint => ({
  traffic: jsonOf(described.actions),
  rest: { described: described.rest, tags: tags.get(arn) ?? {} },
})

/** Every rule of a listener, its default rule included. */
export async function rulesOf(listenerArn: string, aws: Aws): Promise<Rule[]> {
  const rules: Rule[] = []
  let marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeRulesCommand({ ListenerArn: listenerArn, Marker: marker }))
    rules.push(...(page.Rules ?? []))
    marker = page.NextMarker
  } while (marker)
  return rules
}

/** Tags of up to 20 objects, by ARN. */
export async function tagsOf(arns: readonly string[], aws: Aws): Promise<Map<string, Record<string, string>>> {
  const answer = await aws.elbv2.send(new DescribeTagsCommand({ ResourceArns: [...arns] }))
  return new Map(
    (answer.TagDescriptions ?? []).map(({ ResourceArn, Tags }) => [
      ResourceArn ?? '',
      Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    ]),
  )
}

const notFound = new Set([
  'RuleNotFoundException',
  'ListenerNotFoundException',
  'TargetGroupNotFoundException',
  'LoadBalancerNotFoundException',
])

export const isNotFound = (error: unknown): boolean => error instanceof Error && notFound.has(error.name)

/** SDK answers leave unset members as undefined; JSON does not know it. */
const jsonOf = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json
