import type { Answer as WireAnswer, CaaAnswer } from 'dns-packet'
import type { Answer } from '../../cloud/route53/resolution.ts'

/** A name as DNS carries it: without Route 53's octal escapes and without the trailing dot. */
const plainName = (name: string): string =>
  name.replace(/\\(\d{3})/g, (_escape, code: string) => String.fromCharCode(parseInt(code, 8))).replace(/\.$/, '')

/** A record as dns-packet writes it. undefined: of a type that is not served. */
export function toWire({ name, type, ttl, value }: Answer): WireAnswer | undefined {
  const common = { name: plainName(name), ttl, class: 'IN' } as const
  const words = value.trim().split(/\s+/)
  const [first = '', second = '', third = '', fourth = ''] = words
  switch (type) {
    case 'A':
    case 'AAAA':
      return { ...common, type, data: value }
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { ...common, type, data: plainName(value) }
    case 'MX':
      return { ...common, type, data: { preference: Number(first), exchange: plainName(second) } }
    case 'SRV': {
      const [priority, weight, port] = [first, second, third].map(Number)
      return { ...common, type, data: { priority, weight, port: port ?? 0, target: plainName(fourth) } }
    }
    case 'TXT':
      return { ...common, type, data: characterStrings(value) }
    case 'CAA': {
      const data = {
        flags: Number(first),
        tag: second as CaaAnswer['data']['tag'],
        value: characterStrings(value).join(''),
      }
      return { ...common, type, data }
    }
    case 'SOA': {
      const [serial, refresh, retry, expire, minimum] = words.slice(2).map(Number)
      const data = { mname: plainName(first), rname: plainName(second), serial, refresh, retry, expire, minimum }
      return { ...common, type, data }
    }
    default:
      return undefined
  }
}

/** `"one" "t\"wo"` → one, t"wo */
const characterStrings = (value: string): string[] =>
  [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
