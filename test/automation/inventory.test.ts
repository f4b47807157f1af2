import { describe, expect, it } from 'vitest'
import { InventoryInvalid, type InventoryFault } from '../../automation/errors.ts'
import { parseInventory, parseInventoryYaml, stepsOf } from '../../automation/inventory.ts'
import { document, listenerArn, yamlOf } from './document.ts'

const faultsOf = (parse: () => unknown): readonly InventoryFault[] => {
  try {
    parse()
    return []
  } catch (error) {
    if (error instanceof InventoryInvalid) return error.details['faults'] as InventoryFault[]
    throw error
  }
}

/** The faults of the valid document with its one workload changed. */
const faultsWith = (change: object): readonly InventoryFault[] =>
  faultsOf(() => parseInventory(document({ search: change })))

describe('a valid inventory', () => {
  it('is taken as it is, as JSON and as YAML', () => {
    const valid = document()
    expect(parseInventory(valid)).toBe(valid)
    expect(parseInventoryYaml(yamlOf(valid))).toEqual(valid)
  })

  it('may have no workload yet', () =>
    expect(faultsOf(() => parseInventory({ ...document(), workloads: {} }))).toEqual([]))

  it('shifts at 10, 50 and 100 % unless it says otherwise', () => {
    const { steps: _, ...plain } = document().workloads['search'] as { steps?: number[] }
    const { workloads } = parseInventory(document({ search: { ...plain, steps: undefined } }))
    expect(workloads['search'] && stepsOf(workloads['search'])).toEqual([10, 50, 100])
  })

  it('knows three positions where the nodes of both clusters share a group', () => {
    const greenNodes = { autoScalingGroups: ['green'] }
    const shared = { kind: 'node-port', strategy: 'shared', greenNodes }
    const { workloads } = parseInventory(document({ search: { ...shared, steps: undefined } }))
    expect(workloads['search'] && stepsOf(workloads['search'])).toEqual([50, 100])
    expect(() => parseInventory(document({ search: { ...shared, steps: [10, 100] } }))).toThrow(
      /the nodes of blue, of both, or of green: steps can only be \[50, 100\]/,
    )
  })
})

describe('a document that is none', () => {
  it.each([[undefined], [null], [[]], ['text'], [7]])('is refused as a whole: %j', (value) => {
    expect(faultsOf(() => parseInventory(value))).toEqual([{ pointer: '', message: 'must be object' }])
  })
})

describe('every fault', () => {
  const window = { days: 'Mon-Thu', from: '09:00', to: '16:00', timeZone: 'Europe/Berlin' }

  const wrong: readonly (readonly [what: string, change: object, pointer: string, message: RegExp])[] = [
    ['an unknown kind', { kind: 'nlb' }, '/kind', /there is no kind nlb; known are alb/],
    ['a kind that is no name', { kind: 3 }, '/kind', /must be string/],
    ['a window that ends at 25 h', { windows: [{ ...window, to: '25:00' }] }, '/windows/0/to', /pattern/],
    ['a window that is none', { windows: [{ ...window, to: '09:00' }] }, '/windows/0/to', /the same/],
    ['an unknown key', { weight: 10 }, '/weight', /this key is unknown here/],
    ['a key with a typing error', { sevice: {} }, '/sevice', /unknown/],
    [
      'an unknown key deeper down',
      { service: { namespace: 'a', name: 'b', port: 80, tls: true } },
      '/service/tls',
      /unknown/,
    ],
    ['a missing key deeper down', { service: { namespace: 'a', name: 'b' } }, '/service/port', /missing/],
    ['an ARN of something else', { rule: listenerArn }, '/rule', /must match pattern/],
    ['both rule and listener', { listener: listenerArn }, '', /either rule or listener/],
    ['neither rule nor listener', { rule: undefined }, '', /either rule or listener/],
    ['a port that is none', { service: { namespace: 'a', name: 'b', port: 0 } }, '/service/port', /must be >= 1/],
    ['a probe that is no URL', { probe: { url: 'ftp://x' } }, '/probe/url', /must match pattern/],
    ['a probe of nowhere', { probe: { url: 'http://' } }, '/probe/url', /must match pattern/],
    ['a probe that is neither', { probe: 'never' }, '/probe', /must be object or must be "none"/],
    ['an unknown key of a probe', { probe: { url: 'http://x', status: 200 } }, '/probe/status', /unknown/],
    ['a status that is none', { probe: { url: 'http://x', expect: [20] } }, '/probe/expect/0', />= 100/],
    ['no status', { probe: { url: 'http://x', expect: [] } }, '/probe/expect', /fewer than 1/],
    ['two markers', { probe: { url: 'http://x', marker: { header: 'a', json: '/b' } } }, '/probe/marker', /either/],
    ['half a marker', { probe: { url: 'http://x', marker: { blue: 'b' } } }, '/probe/marker', /either/],
    ['steps that repeat', { steps: [10, 10, 100] }, '/steps', /rise strictly/],
    ['steps that fall', { steps: [50, 10, 100] }, '/steps', /rise strictly/],
    ['steps that do not end in 100', { steps: [10, 50] }, '/steps', /the last one is 100/],
    ['no steps', { steps: [] }, '/steps', /fewer than 1/],
    ['a step of nothing', { steps: [0, 100] }, '/steps/0', />= 1/],
    ['a step above everything', { steps: [10, 101] }, '/steps/1', /<= 100/],
    ['half a percent', { steps: [0.5, 100] }, '/steps/0', /integer/],
    ['a duration in words', { bake: 'soon' }, '/bake', /must match pattern/],
    ['a duration without a unit', { soak: '24' }, '/soak', /must match pattern/],
    ['a duration as a number', { bake: 300 }, '/bake', /must be string/],
    ['a duration out of all range', { bake: `${'9'.repeat(400)}d` }, '/bake', /must match pattern/],
    ['a duration below zero', { bake: '-5m' }, '/bake', /must match pattern/],
    ['no capacity', { capacity: 0 }, '/capacity', /> 0/],
    ['too much capacity', { capacity: 11 }, '/capacity', /<= 10/],
    ['a guard that panics', { onGuard: 'panic' }, '/onGuard', /"rollback" or must be "hold"/],
    ['a boolean for a word', { managedElsewhere: true }, '/managedElsewhere', /"no" or must be "paused"/],
    [
      'a security group that is none',
      { podIngress: { securityGroup: 'default', port: 80 } },
      '/podIngress/securityGroup',
      /pattern/,
    ],
  ]

  it.each(wrong)('says where and what: %s', (_what, change, pointer, message) => {
    const [fault, ...more] = faultsWith(change)
    expect(fault?.pointer).toBe(`/workloads/search${pointer}`)
    expect(fault?.message).toMatch(message)
    expect(more).toEqual([])
  })

  const outer: readonly (readonly [what: string, change: object, pointer: string])[] = [
    ['an unknown key at the top', { extra: true }, '/extra'],
    ['no region', { aws: {} }, '/aws/region'],
    ['a region that is none', { aws: { region: 'Frankfurt' } }, '/aws/region'],
    [
      'a kubeconfig that depends on where the service runs',
      { blue: { cluster: 'b', kubeconfig: './b' } },
      '/blue/kubeconfig',
    ],
    ['a day that is none', { windows: [{ ...window, days: 'Monday' }] }, '/windows/0/days'],
    ['a time zone that is none', { windows: [window, { ...window, timeZone: 'Mars/Base' }] }, '/windows/1/timeZone'],
    ['a cluster without a name', { green: { cluster: '', kubeconfig: '/g' } }, '/green/cluster'],
    ['a migration with capitals', { migration: 'Prod' }, '/migration'],
    ['a migration that ends with a dash', { migration: 'prod-' }, '/migration'],
    ['a migration of 41 characters', { migration: 'm'.repeat(41) }, '/migration'],
    ['a key with a slash in it', { 'a/b~c': 1 }, '/a~1b~0c'],
    ['the same cluster twice', { green: document()['blue'] }, '/green/cluster'],
    ['a list of workloads', { workloads: [] }, '/workloads'],
  ]

  it.each(outer)('of the document too: %s', (_what, change, pointer) => {
    const faults = faultsOf(() => parseInventory({ ...document(), ...change }))
    expect(faults.map((fault) => fault.pointer)).toEqual([pointer])
  })

  it.each(['../../../etc', 'Bad Name', 'a_b', '', 'a'.repeat(41), '-a'])('is a workload that is called %j', (name) => {
    expect(faultsOf(() => parseInventory(document({ [name]: {} })))).toHaveLength(1)
  })

  it.each([{ 'a b': 'c' }, { 'x\r\ny': 'z' }])('is a header of a probe that is none: %j', (headers) => {
    expect(faultsWith({ probe: { url: 'http://x', headers } })).toHaveLength(1)
  })

  it('is told at once with all others', () => {
    const faults = faultsOf(() =>
      parseInventory(document({ search: { bake: 'soon', weight: 10 }, tagging: { kind: 'nlb' } })),
    )
    expect(faults.map(({ pointer }) => pointer).sort()).toEqual([
      '/workloads/search/bake',
      '/workloads/search/weight',
      '/workloads/tagging/kind',
    ])
  })

  it("is a workload's name that green's own stack has", () => {
    expect(faultsOf(() => parseInventory(document({ cluster: {} })))).toMatchObject([{ pointer: '/workloads/cluster' }])
  })
})

describe('a fault in YAML', () => {
  /** Line and column of a text in the document, counted from 1. */
  const placeOf = (yaml: string, text: string) => {
    const lines = yaml.split('\n')
    const line = lines.findIndex((one) => one.includes(text))
    return { line: line + 1, column: (lines[line]?.indexOf(text) ?? 0) + 1 }
  }

  it('has the line and column of the key that is wrong', () => {
    const yaml = yamlOf(document({ search: { bake: 'soon', weight: 10 } }))
    expect(faultsOf(() => parseInventoryYaml(yaml))).toEqual([
      expect.objectContaining({ pointer: '/workloads/search/weight', ...placeOf(yaml, 'weight:') }),
      expect.objectContaining({ pointer: '/workloads/search/bake', ...placeOf(yaml, 'bake:') }),
    ])
  })

  it('has the place of the nearest parent when the key itself is missing', () => {
    const yaml = yamlOf(document({ search: { service: { namespace: 'a', name: 'b' } } }))
    const [fault] = faultsOf(() => parseInventoryYaml(yaml))
    expect(fault).toMatchObject({ pointer: '/workloads/search/service/port', ...placeOf(yaml, 'service:') })
  })

  it('has the place in a list', () => {
    const yaml = yamlOf(document({ search: { steps: [10, 101] } }))
    expect(faultsOf(() => parseInventoryYaml(yaml))).toMatchObject([
      { pointer: '/workloads/search/steps/1', ...placeOf(yaml, '101') },
    ])
  })

  it.each([
    ['broken', 'workloads: [\n', /not YAML/],
    ['a key twice', 'migration: a\nmigration: b\n', /must be unique/],
    ['two documents', 'migration: a\n---\nmigration: b\n', /multiple documents/],
  ])('stops at text that is no YAML: %s', (_what, yaml, message) => {
    const [fault] = faultsOf(() => parseInventoryYaml(yaml))
    expect(fault?.message).toMatch(message)
    expect(fault?.line).toBeGreaterThanOrEqual(1)
  })

  it('of nothing is that there is nothing', () => {
    expect(faultsOf(() => parseInventoryYaml(''))).toEqual([{ pointer: '', message: 'must be object' }])
  })

  it('is told in one line each', () => {
    const yaml = yamlOf(document({ search: { bake: 'soon', weight: 10 } }))
    expect(() => parseInventoryYaml(yaml)).toThrow(
      /^line \d+, column \d+ \(\/workloads\/search\/weight\): [^\n]+\nline /,
    )
  })
})
