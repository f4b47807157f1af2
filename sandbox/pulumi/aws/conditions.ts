import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { required, text, texts, type Schema } from './schema.ts'

export type ConditionState = NonNullable<Unwrap<lb.ListenerRuleState>['conditions']>[number]

const matching = { regexValues: texts, values: texts } as const satisfies Schema
const requiredValues = { values: { ...texts, ...required } } as const satisfies Schema

export const conditionFields: Schema = {
  hostHeader: { type: 'object', fields: matching },
  httpHeader: { type: 'object', fields: { ...matching, httpHeaderName: { ...text, ...required } } },
  httpRequestMethod: { type: 'object', fields: requiredValues },
  pathPattern: { type: 'object', fields: matching },
  queryStrings: { type: 'set', fields: { key: text, value: { ...text, ...required } } },
  sourceIp: { type: 'object', fields: requiredValues },
}

export function toConditions(conditions: ConditionState[] = []): RuleCondition[] {
  return conditions.map(toCondition)
}

function toCondition(condition: ConditionState): RuleCondition {
  const { hostHeader, httpHeader, httpRequestMethod, pathPattern, queryStrings, sourceIp } = condition
  const given: RuleCondition[] = []
  if (hostHeader) given.push({ Field: 'host-header', HostHeaderConfig: toMatching(hostHeader) })
  if (httpHeader)
    given.push({
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: httpHeader.httpHeaderName, ...toMatching(httpHeader) },
    })
  if (httpRequestMethod)
    given.push({ Field: 'http-request-method', HttpRequestMethodConfig: { Values: httpRequestMethod.values } })
  if (pathPattern) given.push({ Field: 'path-pattern', PathPatternConfig: toMatching(pathPattern) })
  if (queryStrings?.length)
    given.push({
      Field: 'query-string',
      QueryStringConfig: { Values: queryStrings.map(({ key, value }) => ({ ...(key && { Key: key }), Value: value })) },
    })
  if (sourceIp) given.push({ Field: 'source-ip', SourceIpConfig: { Values: sourceIp.values } })
  const [first, ...others] = given
  const kinds = 'host_header, http_header, http_request_method, path_pattern, query_string or source_ip'
  if (!first) throw new Error(`One of ${kinds} must be set in a condition block`)
  if (others.length > 0) throw new Error(`Only one of ${kinds} can be set in a condition block`)
  return first
}

function toMatching({ values, regexValues }: { values?: string[] | undefined; regexValues?: string[] | undefined }) {
  return {
    ...(values?.length && { Values: values }),
    ...(regexValues?.length && { RegexValues: regexValues }),
  }
}

export function fromConditions(conditions: RuleCondition[] = []): ConditionState[] {
  return conditions.map(fromCondition)
}

function fromCondition(condition: RuleCondition): ConditionState {
  const { HostHeaderConfig, HttpHeaderConfig, HttpRequestMethodConfig, PathPatternConfig } = condition
  switch (condition.Field) {
    case 'host-header':
      return { hostHeader: fromMatching(HostHeaderConfig ?? condition) }
    case 'http-header':
      return {
        httpHeader: { httpHeaderName: HttpHeaderConfig?.HttpHeaderName ?? '', ...fromMatching(HttpHeaderConfig) },
      }
    case 'http-request-method':
      return { httpRequestMethod: { values: HttpRequestMethodConfig?.Values ?? [] } }
    case 'path-pattern':
      return { pathPattern: fromMatching(PathPatternConfig ?? condition) }
    case 'query-string':
      return {
        queryStrings: (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) => ({
          ...(Key && { key: Key }),
          value: Value,
        })),
      }
    case 'source-ip':
      return { sourceIp: { values: condition.SourceIpConfig?.Values ?? [] } }
    default:
      return {}
  }
}

function fromMatching(config: { Values?: string[] | undefined; RegexValues?: string[] | undefined } = {}) {
  return {
    ...(config.Values?.length && { values: config.Values }),
    ...(config.RegexValues?.length && { regexValues: config.RegexValues }),
  }
}
