import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { types } from '@pulumi/aws'

/** A condition of a listener rule in the names that the Pulumi provider uses. */
export type Condition = types.input.lb.ListenerRuleCondition

/** ALB counts at most this many values over all conditions of one rule. Source: quotas of Application Load Balancers. */
export const maxValuesPerRule = 5

/** What DescribeRules answers, as program inputs. AWS answers both `Values` and the typed form; the typed one is taken. */
export function conditionOf(condition: RuleCondition): Condition {
  const { HostHeaderConfig: host, PathPatternConfig: path, HttpHeaderConfig: header } = condition
  if (host) return { hostHeader: valuesOf(host) }
  if (path) return { pathPattern: valuesOf(path) }
  if (header) return { httpHeader: { httpHeaderName: header.HttpHeaderName ?? '', ...valuesOf(header) } }
  if (condition.HttpRequestMethodConfig)
    return { httpRequestMethod: { values: condition.HttpRequestMethodConfig.Values ?? [] } }
  if (condition.SourceIpConfig) return { sourceIp: { values: condition.SourceIpConfig.Values ?? [] } }
  if (condition.QueryStringConfig) {
    const values = condition.QueryStringConfig.Values ?? []
    return {
      queryStrings: values.map(({ Key, Value }) => ({
        ...(Key === undefined ? {} : { key: Key }),
        value: Value ?? '',
      })),
    }
  }
  return plainCondition(condition)
}

/** Old rules may come with `Field` and `Values` alone. */
function plainCondition({ Field: field, Values: values }: RuleCondition): Condition {
  if (field === 'host-header') return { hostHeader: { values: values ?? [] } }
  if (field === 'path-pattern') return { pathPattern: { values: values ?? [] } }
  throw new RangeError(`a condition on ${field} is unknown here`)
}

const valuesOf = ({ Values, RegexValues }: { Values?: string[] | undefined; RegexValues?: string[] | undefined }) => ({
  ...(Values?.length ? { values: Values } : {}),
  ...(RegexValues?.length ? { regexValues: RegexValues } : {}),
})

/** How many of the values that ALB counts these conditions use. */
export const valueCount = (conditions: readonly RuleCondition[]): number =>
  conditions.map(valuesIn).reduce((sum, count) => sum + count, 0)

function valuesIn(c: RuleCondition): number {
  const matched = c.HostHeaderConfig ?? c.PathPatternConfig ?? c.HttpHeaderConfig
  if (matched) return (matched.Values?.length ?? 0) + (matched.RegexValues?.length ?? 0)
  return (c.HttpRequestMethodConfig ?? c.SourceIpConfig ?? c.QueryStringConfig ?? c).Values?.length ?? 0
}
