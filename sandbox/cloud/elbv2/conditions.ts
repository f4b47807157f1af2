import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { isCidrIpv6, parseCidr } from '../ec2/cidr.ts'
import { validationError } from './invalid.ts'
import { limits } from './limits.ts'

type Config =
  | 'HostHeaderConfig'
  | 'PathPatternConfig'
  | 'HttpHeaderConfig'
  | 'QueryStringConfig'
  | 'HttpRequestMethodConfig'
  | 'SourceIpConfig'

/** `once`: at most one condition of the field in a rule. `alsoValues`: AWS gives the values beside the config as well. */
const fields: Record<string, { config: Config; once: boolean; alsoValues: boolean; pattern?: RegExp }> = {
  'host-header': { config: 'HostHeaderConfig', once: true, alsoValues: true, pattern: /^[A-Za-z0-9.*?-]+$/ },
  'path-pattern': {
    config: 'PathPatternConfig',
    once: true,
    alsoValues: true,
    pattern: /^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/,
  },
  'http-header': { config: 'HttpHeaderConfig', once: false, alsoValues: false },
  'http-request-method': { config: 'HttpRequestMethodConfig', once: true, alsoValues: false, pattern: /^[A-Z_-]+$/ },
  'query-string': { config: 'QueryStringConfig', once: false, alsoValues: false },
  'source-ip': { config: 'SourceIpConfig', once: true, alsoValues: false },
}

/** Checks conditions as AWS does and returns them in the form in which AWS stores and answers them. */
export function acceptConditions(conditions: RuleCondition[] | undefined): RuleCondition[] {
  if (!conditions?.length) throw validationError('At least one condition must be specified')
  const accepted = conditions.map(acceptCondition)
  for (const [name, { once }] of Object.entries(fields)) {
    if (once && accepted.filter((condition) => condition.Field === name).length > 1) {
      throw validationError(`A rule can only have one '${name}' condition`)
    }
  }
  const values = accepted.flatMap(textsOf)
  const wildcards = values.join('').replace(/[^*?]/g, '').length
  const maxValues = limits['condition-values-per-alb-rule']
  const maxWildcards = limits['condition-wildcards-per-alb-rule']
  if (values.length > maxValues) throw validationError(`A rule can only have '${maxValues}' condition values`)
  if (wildcards > maxWildcards) throw validationError(`A rule can only have '${maxWildcards}' condition wildcards`)
  return accepted
}

function acceptCondition(given: RuleCondition): RuleCondition {
  const field = fields[given.Field ?? '']
  if (!field) {
    throw validationError(`Condition field '${given.Field}' must be one of '[${Object.keys(fields).join(', ')}]'`)
  }
  const { Field, Values, RegexValues } = given
  const config = given[field.config]
  if (config && (Values?.length || RegexValues?.length)) {
    throw validationError(
      `You cannot specify both 'Values' and '${field.config}' for a condition with field '${Field}'`,
    )
  }
  if (!config && !field.alsoValues) {
    throw validationError(`A condition with field '${Field}' must have '${field.config}'`)
  }
  const accepted: RuleCondition = config
    ? { Field, [field.config]: config }
    : { Field, [field.config]: definedLists(Values, RegexValues) }
  if (field.alsoValues) Object.assign(accepted, accepted[field.config])
  const texts = textsOf(accepted)
  if (texts.length === 0) throw validationError('A condition value must be specified')
  for (const text of accepted.RegexValues ?? given.HttpHeaderConfig?.RegexValues ?? []) requireRegex(text)
  for (const text of given.SourceIpConfig?.Values ?? []) requireCidr(text)
  for (const text of texts) requireText(Field, text, accepted.RegexValues ? undefined : field.pattern)
  if (Field === 'http-header' && !given.HttpHeaderConfig?.HttpHeaderName) {
    throw validationError('The HTTP header name must be specified')
  }
  return accepted
}

function definedLists(Values: string[] | undefined, RegexValues: string[] | undefined) {
  return { ...(Values?.length ? { Values } : {}), ...(RegexValues?.length ? { RegexValues } : {}) }
}

/** Every value that counts towards the limit of a rule. */
function textsOf(condition: RuleCondition): string[] {
  const config = condition[fields[condition.Field ?? '']?.config ?? 'PathPatternConfig']
  const regexes = config && 'RegexValues' in config ? (config.RegexValues ?? []) : []
  return [...(config?.Values ?? []), ...regexes].map((value) =>
    typeof value === 'string' ? value : `${value.Key ?? ''}${value.Value ?? ''}`,
  )
}

function requireRegex(text: string): void {
  try {
    new RegExp(text)
  } catch {
    throw validationError(`The regular expression '${text}' is not valid`)
  }
}

function requireCidr(text: string): void {
  if (!parseCidr(text) && !isCidrIpv6(text)) throw validationError(`The CIDR block '${text}' is not valid`)
}

function requireText(field: string | undefined, text: string, pattern: RegExp | undefined): void {
  if (text === '') throw validationError('The condition value cannot be empty')
  if (text.length > 128) throw validationError(`The condition value '${text}' cannot be longer than '128' characters`)
  if (pattern && !pattern.test(text)) {
    throw validationError(`The condition value '${text}' contains a character that is not valid for field '${field}'`)
  }
}
