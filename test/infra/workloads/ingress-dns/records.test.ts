import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { home, moved, sameSplit, splitFor } from '../../../../infra/traffic.ts'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import type { IngressDnsSite } from '../../../../infra/workloads/ingress-dns/found.ts'
import { parts } from '../../../../infra/workloads/ingress-dns/parts.ts'
import { plan } from '../../../../infra/workloads/ingress-dns/plan.ts'
import { recordSetOf, recordsOf, type RecordPlan } from '../../../../infra/workloads/ingress-dns/records.ts'
import { splitIn, type Routed } from '../../../../infra/workloads/ingress-dns/targets.ts'
import * as stages from '../../../../automation/phases/stages.ts'
import { anyStage } from '../../arbitraries.ts'
import { anySite, cnameSite, names, site, weightedSite } from './fixture.ts'

const steps = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }).map((all) => all.sort((a, b) => a - b))

/** The stages of a whole move, and those of the ways back from where it may be. */
const anyWay: fc.Arbitrary<readonly Stage[]> = fc.tuple(steps, fc.boolean()).chain(([shares, far]) => {
  const last = shares.at(-1) ?? 0
  const there = [stages.adopted, stages.prepared, ...shares.map(stages.shifting)]
  const through = [...there, stages.withoutTestRoute(splitFor(last)), stages.soaking, stages.retired]
  return fc.constant(far ? through : [...there, stages.prepared, stages.restored, stages.adopted])
})

/** Every `up` on the way, in order. */
function upsOf(any: IngressDnsSite, way: readonly Stage[]): Stage[] {
  const ups: Stage[] = []
  let before: Stage | null = null
  for (const stage of way) {
    ups.push(...parts(any, stage, before))
    before = stage
  }
  return ups
}

const forEveryUp = (look: (any: IngressDnsSite, up: Stage, before: Stage | null) => void): void =>
  fc.assert(
    fc.property(anySite, anyWay, (any, way) => {
      const ups = upsOf(any, way)
      ups.forEach((up, index) => look(any, up, ups[index - 1] ?? null))
    }),
  )

type Sets = readonly Routed[]

const setsOf = (any: IngressDnsSite, stage: Stage): Sets =>
  recordsOf(any, stage).map((record) => recordSetOf(any, record) as Routed)

const typesOf = ({ found }: IngressDnsSite) => found.records.map(({ type }) => type)

const keyOf = ({ role, type }: RecordPlan): string => `${role} ${type}`

/** What Route 53 has after each change of an `up`: the plugin changes one record after the other, and what goes goes last. */
function momentsOf(any: IngressDnsSite, before: Stage, up: Stage): Sets[] {
  const there = new Map(recordsOf(any, before).map((record) => [keyOf(record), record]))
  const moments: Sets[] = []
  const note = () => moments.push([...there.values()].map((record) => recordSetOf(any, record) as Routed))
  const wanted = recordsOf(any, up)
  for (const record of [...wanted].sort((a) => (a.role === 'switch-point' ? -1 : 1))) {
    there.set(keyOf(record), record)
    note()
  }
  for (const key of there.keys()) {
    if (wanted.some((record) => keyOf(record) === key)) continue
    there.delete(key)
    note()
  }
  return moments
}

describe('every moment of every way', () => {
  it('is one that Route 53 takes: nothing simple beside another, one TTL, weights of 0 to 255', () => {
    forEveryUp((any, up, before) => {
      if (!before) return
      for (const sets of momentsOf(any, before, up)) {
        for (const [, ofType] of Map.groupBy(sets, ({ Type }) => Type)) {
          if (ofType.length > 1) for (const { SetIdentifier } of ofType) expect(SetIdentifier).toBeDefined()
          expect(new Set(ofType.map(({ SetIdentifier }) => SetIdentifier)).size).toBe(ofType.length)
          expect(new Set(ofType.map(({ TTL }) => TTL)).size).toBe(1)
          for (const { Weight } of ofType) expect(Weight ?? 0).toSatisfy((w: number) => w >= 0 && w <= 255)
        }
      }
    })
  })

  it('has a record that serves, and never all weights at zero', () => {
    forEveryUp((any, up, before) => {
      if (!before) return
      for (const sets of momentsOf(any, before, up)) {
        for (const type of typesOf(any)) {
          const ofType = sets.filter(({ Type }) => Type === type)
          expect(ofType.some(({ Weight }) => Weight !== 0)).toBe(true)
        }
      }
    })
  })

  it('leads at most as much to green as the stage before or the stage itself', () => {
    forEveryUp((any, up, before) => {
      if (!before) return
      const [least, most] = [before.split.green, up.split.green].sort((a, b) => a - b)
      for (const sets of momentsOf(any, before, up)) {
        for (const type of typesOf(any)) {
          const green = splitIn(sets, [type], any.found.loadBalancers)?.green
          expect(green).toBeGreaterThanOrEqual(least ?? 0)
          expect(green).toBeLessThanOrEqual(most ?? 100)
        }
      }
    })
  })

  it('ends with the split that its stage says', () => {
    forEveryUp((any, up) => {
      const split = splitIn(setsOf(any, up), typesOf(any), any.found.loadBalancers)
      expect(sameSplit(split, up.split)).toBe(true)
    })
  })
})

describe('the plan of any site at any stage', () => {
  const forEveryPlan = (look: (any: IngressDnsSite, stage: Stage) => void): void =>
    fc.assert(fc.property(anySite, anyStage, look))

  it('has the switch points under the same names at every stage, and none once it is left out', () => {
    forEveryPlan((any, stage) => {
      const made = plan(any, stage).switchPoints
      const types = stage.switchPoint === 'left-out' ? [] : typesOf(any)
      expect(made.map(({ record }) => record.type)).toEqual(types)
      for (const { adoptedOnly, name } of made) {
        expect(adoptedOnly).toBe(stage.name === 'adopted')
        expect(name).toMatch(/^switch-point(-aaaa)?$/)
      }
    })
  })

  it('is as found while it is adopted and once it is restored', () => {
    fc.assert(
      fc.property(anySite, (any) => {
        for (const stage of [stages.adopted, stages.restored]) {
          const records = recordsOf(any, stage)
          expect(records.map(({ type, weighted, points }) => ({ type, weighted, points }))).toEqual(any.found.records)
        }
      }),
    )
  })

  it('has a record of green only where green is present and blue is not retired', () => {
    forEveryPlan((any, stage) => {
      const expected = stage.green === 'present' && stage.blue === 'attached' ? typesOf(any).length : 0
      expect(plan(any, stage).greenRecords).toHaveLength(expected)
    })
  })

  it('gives identifiers that Route 53 takes, two different ones', () => {
    forEveryPlan((any, stage) => {
      const identifiers = recordsOf(any, stage).flatMap(({ weighted }) => weighted?.identifier ?? [])
      for (const identifier of identifiers) expect(identifier).toMatch(/^[\x21-\x7e]{1,128}$/)
    })
  })

  it('is plain data, the same every time', () => {
    forEveryPlan((any, stage) => {
      const made = plan(any, stage)
      expect(plan(any, stage)).toEqual(made)
      expect(JSON.parse(JSON.stringify(made))).toEqual(made)
    })
  })
})

describe('the ways of a known site', () => {
  const namesOf = (ups: readonly Stage[]): string[] => ups.map(({ name, part }) => part?.name ?? name)

  it('lowers the TTL of a CNAME ahead of everything else, and not that of an alias', () => {
    expect(namesOf(parts(cnameSite, stages.prepared, stages.adopted))).toEqual(['ttl-lowered', 'prepared'])
    expect(namesOf(parts(site, stages.prepared, stages.adopted))).toEqual(['prepared'])
    expect(namesOf(parts(cnameSite, stages.prepared, stages.soaking))).toEqual(['prepared'])
    expect(recordsOf(cnameSite, stages.prepared)[0]?.points).toMatchObject({ ttl: 60 })
  })

  it('imports once: what is in the state already is kept, whatever id it has there', () => {
    expect(namesOf(parts(site, stages.adopted, null))).toEqual(['adopted'])
    const [again] = parts(site, stages.adopted, stages.restored)
    expect(again?.part?.name).toBe('kept')
    const imports = (stage: Stage) => plan(site, stage).switchPoints.map(({ importId }) => importId)
    expect(imports(again ?? stages.adopted)).toEqual([null, null])
    expect(imports(stages.adopted)[0]).toBe('Z0123456789ABC_api.example.internal_A')
  })

  it('ends in two steps on the way back, and in three when blue is retired', () => {
    expect(namesOf(parts(site, stages.restored, stages.prepared))).toEqual(['blue-by-itself', 'restored'])
    expect(namesOf(parts(site, stages.restored, stages.adopted))).toEqual(['restored'])
    const retired = ['green-twice', 'green-by-itself', 'retired']
    expect(namesOf(parts(site, stages.retired, stages.soaking))).toEqual(retired)
  })

  it('begins with green where all of it comes at once', () => {
    const ups = parts(site, stages.soaking, stages.withoutTestRoute(home))
    expect(ups.map(({ part, split }) => [part?.name ?? null, split])).toEqual([
      ['begun', { blue: 99, green: 1 }],
      [null, moved],
    ])
    expect(namesOf(parts(site, stages.soaking, stages.withoutTestRoute(splitFor(50))))).toEqual(['soaking'])
  })

  it('leads to green as the record found led to blue', () => {
    const retired = recordsOf(site, stages.retired)
    expect(retired).toMatchObject([
      {
        type: 'A',
        weighted: null,
        points: { alias: { name: `dualstack.${names.green}`, evaluateTargetHealth: true } },
      },
      { type: 'AAAA', weighted: null },
    ])
    expect(recordsOf(cnameSite, stages.retired)).toMatchObject([{ points: { value: names.green, ttl: 300 } }])
    expect(recordsOf(weightedSite, stages.retired)).toMatchObject([{ weighted: { identifier: 'primary', weight: 10 } }])
  })

  it('evaluates the health of targets for weighted aliases only when that is asked for', () => {
    const evaluated = (asked: IngressDnsSite): unknown[] =>
      recordsOf(asked, stages.prepared).map(({ points }) => 'alias' in points && points.alias.evaluateTargetHealth)
    expect(evaluated(site)).toEqual([false, false, false, false])
    const config = { ...site.config, evaluateTargetHealth: true }
    expect(evaluated({ ...site, config })).toEqual([true, true, true, true])
  })
})
