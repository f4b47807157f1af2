import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Rule,
  type RuleTransform,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { ruleActionFields, fromActions, toActions } from '../actions.ts'
import type { Aws } from '../aws.ts'
import { conditionFields, fromConditions, toConditions } from '../conditions.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { computed, number, output, replaces, required, tagged, text, type Schema } from '../schema.ts'
import { elbv2Tagging, toTagList } from '../tags.ts'

type State = Unwrap<lb.ListenerRuleState>

/** The provider's number for the priority that AWS calls `default`. */
const defaultPriority = 99_999

const rewriteConfig = {
  type: 'object',
  fields: {
    rewrite: { type: 'object', fields: { regex: { ...text, ...required }, replace: { ...text, ...required } } },
  },
} as const

const transformFields: Schema = {
  hostHeaderRewriteConfig: rewriteConfig,
  type: { ...text, ...required },
  urlRewriteConfig: rewriteConfig,
}

export const listenerRule = resourceType<State>({
  token: 'aws:lb/listenerRule:ListenerRule',
  label: 'ELBv2 Listener Rule',
  tagging: elbv2Tagging,
  schema: {
    ...tagged,
    actions: { type: 'list', ...required, fields: ruleActionFields },
    arn: { ...text, ...output },
    conditions: { type: 'set', ...required, fields: conditionFields },
    listenerArn: { ...text, ...required, ...replaces },
    priority: { ...number, ...computed, range: [1, defaultPriority] },
    transforms: { type: 'set', fields: transformFields },
  },

  async create(aws, planned) {
    const { ListenerArn, ...rest } = {
      ListenerArn: planned.listenerArn,
      Actions: toActions(planned.actions),
      Conditions: toConditions(planned.conditions),
      Transforms: planned.transforms?.length ? planned.transforms.map(toTransform) : undefined,
      Tags: toTagList(planned.tagsAll),
    }
    const make = async (Priority: number) => aws.elbv2(new CreateRuleCommand({ ListenerArn, ...rest, Priority }))
    const { Rules: [rule] = [] } = planned.priority
      ? await make(planned.priority)
      : await poll(
          { signal: aws.signal, timeoutSeconds: 300, what: 'a free rule priority' },
          async () => make((await highestPriority(aws, ListenerArn)) + 1),
          (error) => hasCode(error, 'PriorityInUse'),
        )
    return rule?.RuleArn ?? ''
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.elbv2(new DescribeRulesCommand({ RuleArns: [id] })), 'RuleNotFound')
    const rule = found?.Rules?.[0]
    if (!rule) return undefined
    return {
      arn: id,
      listenerArn: listenerArnOf(id),
      priority: priorityOf(rule),
      actions: fromActions(rule.Actions, prior.actions),
      conditions: fromConditions(rule.Conditions),
      transforms: rule.Transforms?.map(fromTransform),
    }
  },

  async update(aws, id, planned, changed) {
    if (changed.has('priority') && planned.priority !== undefined)
      await aws.elbv2(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: id, Priority: planned.priority }] }))
    if (!changed.has('actions') && !changed.has('conditions') && !changed.has('transforms')) return
    await aws.elbv2(
      new ModifyRuleCommand({
        RuleArn: id,
        ...(changed.has('actions') && { Actions: toActions(planned.actions) }),
        ...(changed.has('conditions') && { Conditions: toConditions(planned.conditions) }),
        ...(changed.has('transforms') &&
          (planned.transforms?.length
            ? { Transforms: planned.transforms.map(toTransform) }
            : { ResetTransforms: true })),
      }),
    )
  },

  async delete(aws, id) {
    await unlessMissing(aws.elbv2(new DeleteRuleCommand({ RuleArn: id })), 'RuleNotFound')
  },
})

/** A rule's ARN contains its listener's. */
function listenerArnOf(ruleArn: string): string {
  return ruleArn.replace(/:listener-rule(\/.+)\/[^/]+$/, ':listener$1')
}

function priorityOf({ Priority }: Rule): number {
  return Priority === 'default' ? defaultPriority : Number(Priority)
}

async function highestPriority(aws: Aws, listenerArn: string | undefined): Promise<number> {
  const { Rules = [] } = await aws.elbv2(new DescribeRulesCommand({ ListenerArn: listenerArn }))
  return Math.max(0, ...Rules.map(priorityOf).filter((priority) => priority !== defaultPriority))
}

type TransformState = NonNullable<State['transforms']>[number]

function toTransform({ type, hostHeaderRewriteConfig, urlRewriteConfig }: TransformState): RuleTransform {
  const rewrites = (config: typeof urlRewriteConfig) => ({
    Rewrites: config?.rewrite ? [{ Regex: config.rewrite.regex, Replace: config.rewrite.replace }] : [],
  })
  return {
    Type: type as RuleTransform['Type'],
    ...(hostHeaderRewriteConfig && { HostHeaderRewriteConfig: rewrites(hostHeaderRewriteConfig) }),
    ...(urlRewriteConfig && { UrlRewriteConfig: rewrites(urlRewriteConfig) }),
  }
}

function fromTransform({
  Type = 'url-rewrite',
  HostHeaderRewriteConfig,
  UrlRewriteConfig,
}: RuleTransform): TransformState {
  const rewrite = (config: typeof UrlRewriteConfig) => {
    const [first] = config?.Rewrites ?? []
    return { ...(first && { rewrite: { regex: first.Regex ?? '', replace: first.Replace ?? '' } }) }
  }
  return {
    type: Type,
    ...(HostHeaderRewriteConfig && { hostHeaderRewriteConfig: rewrite(HostHeaderRewriteConfig) }),
    ...(UrlRewriteConfig && { urlRewriteConfig: rewrite(UrlRewriteConfig) }),
  }
}
