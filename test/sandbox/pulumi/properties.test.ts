import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  containsSecret,
  containsUnknown,
  decode,
  encode,
  equal,
  reveal,
  secret,
  UNKNOWN,
  type Properties,
} from '../../../sandbox/pulumi/properties.ts'
import { contains, formatPath, parsePath, restore } from '../../../sandbox/pulumi/property-path.ts'

const json = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
  fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__')),
)

describe('property values', () => {
  test('survive the way over the wire', () => {
    fc.assert(
      fc.property(json, (value) => {
        const sent = JSON.parse(JSON.stringify(value)) as Properties
        expect(equal(decode(encode(sent)), sent)).toBe(true)
      }),
    )
  })

  test('an unknown of any kind is the one unknown', () => {
    const numberOrObject = {
      port: '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
      tags: ['dd056dcd-154b-4c76-9bd3-c8f88648b5ff'],
    }
    expect(decode(encode(numberOrObject))).toEqual({ port: UNKNOWN, tags: [UNKNOWN] })
    expect(containsUnknown(decode(encode(numberOrObject)))).toBe(true)
  })

  test('a secret is marked once and taken off whole', () => {
    const marked = secret({ a: secret(1) })
    expect(containsSecret([marked])).toBe(true)
    expect(reveal([marked])).toEqual([{ a: 1 }])
    expect(secret(marked)).toBe(marked)
  })
})

describe('property paths', () => {
  test('are read as they are written', () => {
    const step = fc.oneof(fc.nat(9), fc.stringMatching(/^[a-zA-Z][a-zA-Z./"-]{0,8}$/))
    const path = fc.tuple(fc.stringMatching(/^[a-zA-Z]{1,5}$/), fc.array(step)).map(([first, rest]) => [first, ...rest])
    fc.assert(
      fc.property(path, (steps) => {
        expect(parsePath(formatPath(steps))).toEqual(steps)
      }),
    )
  })

  test('contain what lies inside them', () => {
    expect(contains(parsePath('actions[*].forward'), parsePath('actions[1].forward.targetGroups[0]'))).toBe(true)
    expect(contains(parsePath('*'), parsePath('tags.a'))).toBe(true)
    expect(contains(parsePath('tags'), parsePath('tagsAll.a'))).toBe(false)
  })

  test('restore what is under them and nothing else', () => {
    const old = { a: 1, list: [{ x: 1, y: 1 }] }
    const current = { a: 2, b: 2, list: [{ x: 2, y: 2 }] }
    expect(restore(current, old, parsePath('*'))).toEqual(old)
    expect(restore(current, old, parsePath('list[*].x'))).toEqual({ a: 2, b: 2, list: [{ x: 1, y: 2 }] })
    expect(restore(current, old, parsePath('b'))).toEqual({ a: 2, list: [{ x: 2, y: 2 }] })
  })
})
