import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FieldSet } from '../../../sandbox/kubernetes/apply/field-set.ts'
import { compare, fieldSetOf, merge } from '../../../sandbox/kubernetes/apply/typed-value.ts'
import type { Fields } from '../../../sandbox/kubernetes/object.ts'
import { jsonPatch } from '../../../sandbox/kubernetes/patch/json-patch.ts'
import { mergePatch } from '../../../sandbox/kubernetes/patch/merge-patch.ts'
import { strategicMergePatch } from '../../../sandbox/kubernetes/patch/strategic-merge-patch.ts'
import { Resources } from '../../../sandbox/kubernetes/resources.ts'
import { builtInTypes } from '../../../sandbox/kubernetes/schema/built-in.ts'
import { Schemas } from '../../../sandbox/kubernetes/schema/schema.ts'

const resources = new Resources('1.24')
const schemas = new Schemas(builtInTypes(resources.all()))
const pod = schemas.of(resources.builtIn('pods'))
const configMap = schemas.of(resources.builtIn('configmaps'))

describe('json patch', () => {
  const before = { a: { b: ['x', 'y'] }, 'c/d~e': 1 }

  test('adds, removes, replaces, moves, copies and tests', () => {
    const operations = [
      { op: 'test', path: '/a/b/0', value: 'x' },
      { op: 'add', path: '/a/b/1', value: 'between' },
      { op: 'add', path: '/a/b/-', value: 'last' },
      { op: 'remove', path: '/a/b/0' },
      { op: 'replace', path: '/c~1d~0e', value: 2 },
      { op: 'copy', from: '/c~1d~0e', path: '/f' },
      { op: 'move', from: '/f', path: '/g' },
    ]
    expect(jsonPatch(before, operations)).toEqual({ a: { b: ['between', 'y', 'last'] }, 'c/d~e': 2, g: 2 })
    expect(before).toEqual({ a: { b: ['x', 'y'] }, 'c/d~e': 1 })
  })

  test.each([
    { op: 'test', path: '/a/b/0', value: 'other' },
    { op: 'remove', path: '/nothing' },
    { op: 'add', path: '/a/b/9', value: 1 },
    { op: 'copy', from: '/nothing', path: '/x' },
  ])('refuses what does not fit: $op $path', (operation) => {
    expect(() => jsonPatch(before, [operation])).toThrow(
      'the server rejected our request due to an error in our request',
    )
  })

  test('of null changes nothing', () => {
    expect(jsonPatch(before, null)).toEqual(before)
  })
})

test('a merge patch removes by null, merges objects and replaces the rest', () => {
  const before = { keep: 1, gone: 2, inner: { keep: 1, gone: 2 }, list: [1, 2] }
  expect(mergePatch(before, { gone: null, inner: { gone: null, more: 3 }, list: [3] })).toEqual({
    keep: 1,
    inner: { keep: 1, more: 3 },
    list: [3],
  })
})

describe('strategic merge patch', () => {
  const before = {
    metadata: { finalizers: ['a', 'b'] },
    spec: {
      containers: [
        { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: 'b:1' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      tolerations: [{ key: 'a' }],
    },
  }
  const patched = (patch: Fields) => strategicMergePatch(schemas, pod, before, patch) as any

  test('merges lists under their keys', () => {
    const { spec } = patched({
      spec: {
        containers: [
          { name: 'b', image: 'b:2' },
          { name: 'c', image: 'c:1' },
        ],
      },
    })
    expect(spec.containers.map(({ image }: any) => image)).toEqual(['a:1', 'b:2', 'c:1'])
    const deep = patched({ spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] } })
    expect(deep.spec.containers[0].env).toEqual([
      { name: 'X', value: '1' },
      { name: 'Y', value: '2' },
    ])
  })

  test('deletes and replaces by directive', () => {
    expect(patched({ spec: { containers: [{ $patch: 'delete', name: 'a' }] } }).spec.containers).toHaveLength(1)
    const replaced = patched({ spec: { containers: [{ $patch: 'replace' }, { name: 'z', image: 'z:1' }] } })
    expect(replaced.spec.containers).toEqual([{ name: 'z', image: 'z:1' }])
    expect(patched({ spec: { $patch: 'replace', nodeName: 'n' } }).spec).toEqual({ nodeName: 'n' })
  })

  test('orders, deletes scalars, and keeps only the members that it names', () => {
    const ordered = patched({ spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } })
    expect(ordered.spec.containers.map(({ name }: any) => name)).toEqual(['b', 'a'])
    const finalizers = patched({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] } })
    expect(finalizers.metadata.finalizers).toEqual(['b', 'c'])
    const volumes = patched({
      spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
    })
    expect(volumes.spec.volumes).toEqual([{ name: 'v', configMap: { name: 'c' } }])
  })

  test('replaces lists that declare no key', () => {
    expect(patched({ spec: { tolerations: [{ key: 'b' }] } }).spec.tolerations).toEqual([{ key: 'b' }])
  })
})

describe('field sets', () => {
  const objects = fc.record(
    {
      metadata: fc.record(
        { labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2')) },
        { requiredKeys: [] },
      ),
      spec: fc.record(
        {
          nodeName: fc.constantFrom('n1', 'n2'),
          containers: fc.uniqueArray(
            fc.record({ name: fc.constantFrom('a', 'b'), image: fc.constantFrom('i1', 'i2') }),
            { selector: ({ name }) => name },
          ),
          tolerations: fc.array(fc.record({ key: fc.constantFrom('x', 'y') }), { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  const setOf = (object: Fields) => fieldSetOf(schemas, pod, object)

  test('survive being written down', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const set = setOf(object)
        expect(FieldSet.fromJson(set.toJson()).toJson()).toEqual(set.toJson())
      }),
    )
  })

  test('are sets: difference and intersection part them, union puts them together', () => {
    fc.assert(
      fc.property(objects, objects, (a, b) => {
        const [left, right] = [setOf(a), setOf(b)]
        const parts = left.difference(right).union(left.intersection(right))
        expect(parts.paths().sort()).toEqual(left.paths().sort())
        expect(left.difference(right).intersection(right).empty).toBe(true)
      }),
    )
  })

  test('say of two equal objects that nothing differs, and of any two what makes one the other', () => {
    fc.assert(
      fc.property(objects, objects, (a, b) => {
        const same = compare(schemas, pod, a, structuredClone(a), false)
        expect([same.changed.empty, same.removed.empty]).toEqual([true, true])
        const { changed, removed } = compare(schemas, pod, a, merge(schemas, pod, a, b), false)
        // What is laid over an object adds and changes, and takes nothing away; and it changes only what it sets.
        expect(removed.paths()).toEqual([])
        expect(
          changed.paths().filter((path) => !setOf(b).paths().includes(path) && !/\]$|labels$|containers$/.test(path)),
        ).toEqual([])
      }),
    )
  })

  test('name paths as the API server does', () => {
    const set = setOf({ spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } })
    expect(set.paths()).toContain('.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"].containerPort')
    expect(fieldSetOf(schemas, configMap, { data: { 'a.b': '1' } }).paths()).toEqual(['.data.a.b'])
  })
})
