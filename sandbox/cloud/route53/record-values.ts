import type { RRType } from '@aws-sdk/client-route-53'
import { isIPv4, isIPv6 } from 'node:net'
import { nameProblem } from './names.ts'

type Problem = (value: string) => string | undefined

const fatal = (code: string, meaning: string, value: string) =>
  `FATAL problem: ${code} (${meaning}) encountered with '${value}'`

const address: Problem = (value) =>
  isIPv4(value) ? undefined : fatal('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address', value)

const address6: Problem = (value) =>
  isIPv6(value) ? undefined : fatal('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address', value)

const quoted: Problem = (value) =>
  /^(\s*"([^"\\]|\\.)*")+\s*$/.test(value)
    ? undefined
    : fatal('InvalidCharacterString', 'Value should be enclosed in quotation marks', value)

const fields =
  (code: string, pattern: RegExp): Problem =>
  (value) =>
    pattern.test(value) ? undefined : fatal(code, 'Value has incorrect format', value)

const name: Problem = (value) => nameProblem(value)

/** What the value of each type must be like. Types that are not here are kept as they come. */
const problems: Partial<Record<RRType, Problem>> = {
  A: address,
  AAAA: address6,
  CNAME: name,
  NS: name,
  PTR: name,
  TXT: quoted,
  SPF: quoted,
  MX: fields('MXRRDATAIncorrectFields', /^\d+\s+\S+$/),
  SRV: fields('SRVRRDATAIncorrectFields', /^\d+\s+\d+\s+\d+\s+\S+$/),
  CAA: fields('CAARRDATAIncorrectFields', /^\d+\s+\w+\s+".*"$/),
}

/** What is wrong with the values of a record set of that type, in Route 53's words. */
export function valueProblems(type: RRType, values: readonly string[]): string[] {
  const invalid = values
    .flatMap((value) => problems[type]?.(value) ?? [])
    .map((problem) => `Invalid Resource Record: '${problem}'`)
  const repeated = values.filter((value, index) => values.indexOf(value) !== index)
  const single = type === 'CNAME' && values.length > 1
  return [
    ...invalid,
    ...repeated.map((value) => `Duplicate Resource Record: '${value}'`),
    ...(single ? ['RRSet of type CNAME contains more than one resource record'] : []),
  ]
}
