import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'

/** What conditions look at. */
export interface RequestFacts {
  readonly method: string
  /** Lower case, without port. */
  readonly host: string
  readonly path: string
  /** Without the question mark, as sent. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly sourceIp: string
}

type Test = (request: RequestFacts) => boolean

/** All conditions of a rule must hold; of the values of one, any. */
export function compileConditions(conditions: readonly RuleCondition[]): Test {
  const tests = conditions.map(compileCondition)
  return (request) => tests.every((test) => test(request))
}

function compileCondition(condition: RuleCondition): Test {
  const { HostHeaderConfig: host, PathPatternConfig: path, HttpHeaderConfig: header } = condition
  const { HttpRequestMethodConfig: method, QueryStringConfig: query, SourceIpConfig: source } = condition
  if (host) {
    const matches = anyOf(host, 'i')
    return (request) => matches(request.host)
  }
  if (path) {
    const matches = anyOf(path, '')
    return (request) => matches(request.path)
  }
  if (header) {
    const matches = anyOf(header, 'i')
    const name = (header.HttpHeaderName ?? '').toLowerCase()
    return (request) => [request.headers[name] ?? []].flat().some(matches)
  }
  if (method) return (request) => (method.Values ?? []).includes(request.method)
  if (query) return compileQuery(query.Values ?? [])
  return compileSource(source?.Values ?? [])
}

function anyOf(
  values: { Values?: string[] | undefined; RegexValues?: string[] | undefined },
  flags: 'i' | '',
): (text: string) => boolean {
  const patterns = [
    ...(values.Values ?? []).map((value) => wildcard(value, flags)),
    ...(values.RegexValues ?? []).map((value) => new RegExp(`^(?:${value})$`, flags)),
  ]
  return (text) => patterns.some((pattern) => pattern.test(text))
}

/** `*` is any number of characters, `?` exactly one. */
function wildcard(value: string, flags: 'i' | ''): RegExp {
  const pattern = value
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, `${flags}s`)
}

/** Keys and values are compared as sent: a load balancer does not decode them. */
function compileQuery(pairs: readonly { Key?: string | undefined; Value?: string | undefined }[]): Test {
  const wanted = pairs.map(({ Key, Value = '' }) => ({
    key: Key === undefined ? undefined : wildcard(Key, 'i'),
    value: wildcard(Value, 'i'),
  }))
  return ({ query }) =>
    query.split('&').some((part) => {
      const [key = '', ...rest] = part.split('=')
      return wanted.some((pair) => (pair.key?.test(key) ?? true) && pair.value.test(rest.join('=')))
    })
}

function compileSource(cidrs: readonly string[]): Test {
  const block = new BlockList()
  for (const cidr of cidrs) {
    const [network = '', bits] = cidr.split('/')
    block.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4')
  }
  return ({ sourceIp }) => block.check(sourceIp, isIPv6(sourceIp) ? 'ipv6' : 'ipv4')
}
