import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as stages from '../../../../automation/phases/stages.ts'
import { splitFor } from '../../../../infra/traffic.ts'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import { nlbApiGateway } from '../../../../infra/workloads/nlb-api-gateway/kind.ts'
import type { ApiSite } from '../../../../infra/workloads/nlb-api-gateway/found.ts'
import { apiPlan } from '../../../../infra/workloads/nlb-api-gateway/plan.ts'
import { partsOf } from '../../../../infra/workloads/nlb-api-gateway/stages.ts'
import { anySite, arns, httpSite, restSite, stageFor, tried, variableSite } from './fixture.ts'

const forEveryPlan = (look: (site: ApiSite, stage: Stage) => void): void =>
  fc.assert(
    fc.property(
      anySite.chain((site) => fc.tuple(fc.constant(site), stageFor(site))),
      ([site, stage]) => look(site, stage),
    ),
  )

describe('the plan of any site at any stage', () => {
  it('has something of green only when green is present', () => {
    forEveryPlan((site, stage) => {
      const { targetGroup, listener, binding, podIngress, api } = apiPlan(site, stage)
      if (stage.green === 'present') return
      expect([targetGroup, listener, binding, podIngress]).toEqual([null, null, null, []])
      if (stage.name === 'restored') expect(JSON.stringify(api)).not.toContain('9081')
    })
  })

  it('writes nothing where it only adopts, and leaves everything out where it says so', () => {
    forEveryPlan((site, stage) => {
      const { api } = apiPlan(site, stage)
      expect(api === null).toBe(stage.switchPoint === 'left-out')
      if (!api) return
      expect(api.adoptedOnly).toBe(stage.switchPoint === 'adopted')
      if (stage.switchPoint === 'adopted') expect([api.serves, api.deployment]).toEqual(['as it is', null])
    })
  })

  it('gives green everything or a canary of its share, and never both sides nothing', () => {
    forEveryPlan((site, stage) => {
      const { api } = apiPlan(site, stage)
      if (api?.protocol !== 'rest' || !api.variable || stage.name === 'restored') return
      const { green, blue, name } = variableSite(true).found.api.variable ?? fail()
      expect(api.variable.variables[name]).toBe(stage.split.green === 100 ? green : blue)
      const mixed = stage.split.green > 0 && stage.split.green < 100
      expect(api.variable.canary).toEqual(mixed ? { percent: stage.split.green, overrides: { [name]: green } } : null)
    })
  })

  it('names blue in nothing that can be deleted', () => {
    forEveryPlan((site, stage) => {
      const { targetGroup, listener, binding, podIngress } = apiPlan(site, stage)
      const { arn: _likeness, ...like } = targetGroup?.like ?? { arn: '' }
      const deletable = JSON.stringify([{ ...targetGroup, like }, listener, binding, podIngress])
      expect(deletable).not.toContain(arns.blue)
      expect(deletable).not.toContain(arns.listener)
    })
  })

  it('is plain data, the same every time', () => {
    forEveryPlan((site, stage) => {
      const made = apiPlan(site, stage)
      expect(apiPlan(site, stage)).toEqual(made)
      expect(JSON.parse(JSON.stringify(made))).toEqual(made)
      expect(made.outputs).toMatchObject({ kind: 'nlb-api-gateway', stage: stage.name, split: stage.split })
    })
  })

  it('ends in the stage itself, and every part before it is home, deletable and has a name', () => {
    forEveryPlan((site, stage) => {
      for (const before of [null, stages.adopted, stages.prepared, stages.soaking, stages.restored]) {
        const parts = partsOf(site, stage, before)
        expect(parts.at(-1)).toEqual(stage)
        for (const part of parts.slice(0, -1)) {
          expect(part).toMatchObject({ split: { blue: 100, green: 0 }, keep: 'nothing', name: 'shifting' })
          expect(part.part?.name).toMatch(/^(deploy|home|convert|look)$/)
        }
      }
    })
  })
})

function fail(): never {
  throw new Error('the site has a variable')
}

const partNames = (site: ApiSite, stage: Stage, before: Stage | null) =>
  partsOf(site, stage, before).map(({ part }) => part?.name ?? null)

describe('the steps on the way', () => {
  it('makes the deployment before the stage moves to it, with the number of the try', () => {
    expect(partNames(restSite, tried, stages.prepared)).toEqual(['deploy', null])
    const [deploy] = partsOf(restSite, tried, stages.prepared)
    const { api } = apiPlan(restSite, deploy ?? tried)
    expect(api).toMatchObject({ serves: 'as it is', deployment: { name: 'green-deployment-2', role: 'green' } })
    expect(apiPlan(restSite, tried).api).toMatchObject({ serves: 'ours', deployment: { name: 'green-deployment-2' } })
  })

  it('goes on from 100 % without another deployment', () => {
    expect(partNames(restSite, { ...stages.retired, attempt: 2 }, tried)).toEqual([null])
  })

  it('serves what was served before, when a move broke off and is tried again', () => {
    const next = { ...stages.withoutTestRoute(splitFor(0)), attempt: 3 }
    expect(partNames(restSite, next, tried)).toEqual(['home', null])
    const [home] = partsOf(restSite, next, tried)
    const { api } = apiPlan(restSite, home ?? next)
    expect(api).toMatchObject({ serves: 'before ours', deployment: { name: 'green-deployment-2' } })
  })

  it('converts literal URIs once, and looks before it goes back to them', () => {
    expect(partNames(variableSite(true), stages.prepared, stages.adopted)).toEqual(['convert', null])
    expect(partNames(variableSite(true), stages.prepared, stages.soaking)).toEqual([null])
    expect(partNames(variableSite(true), stages.restored, stages.prepared)).toEqual(['look', null])
    expect(partNames(variableSite(true), stages.restored, stages.adopted)).toEqual([null])
    expect(partNames(variableSite(false), stages.prepared, stages.adopted)).toEqual([null])
  })

  it('needs no deployment where an HTTP API deploys itself', () => {
    expect(partNames(httpSite(true), tried, stages.prepared)).toEqual([null])
    expect(partNames(httpSite(false), tried, stages.prepared)).toEqual(['deploy', null])
    expect(apiPlan(httpSite(true), tried).api).toMatchObject({ deployment: null, integrations: [{ uri: null }] })
  })
})

describe('what the kind says of itself', () => {
  it('claims the stage', () => {
    expect(nlbApiGateway.claims(restSite.config)).toEqual(['apigateway:a1b2c3/stages/prod'])
  })

  it.each([
    [{ api: undefined }, /needs api, stage, integrations and greenPort/],
    [{ greenPort: 81 }, /80, 443 or above 1024/],
    [{ stageVariable: 'backend' }, /belongs to switch: stage-variable/],
    [{ switch: 'stage-variable' as const }, /needs stageVariable/],
    [{ integrations: [{ integration: 'int001' }] }, /named by resource and method/],
    [{ switch: 'integration-uri' as const }, /named by integration/],
    [{ switch: 'listener-weights' as const }, /leave api out/],
  ])('refuses an entry that says %o', (change, message) => {
    expect(() => nlbApiGateway.claims({ ...restSite.config, ...change })).toThrow(message)
  })

  it('waits after a switch, and only then', () => {
    const wait = (stage: Stage, before: Stage | null) => nlbApiGateway.propagation(restSite, stage, before)?.seconds
    expect(wait(stages.prepared, stages.adopted)).toBeUndefined()
    expect(wait(stages.soaking, stages.prepared)).toBe(10)
  })

  it('says how long requests go on', () => {
    expect(nlbApiGateway.lingers(restSite, splitFor(0))).toMatchObject({ seconds: 29 })
    expect(nlbApiGateway.lingers(httpSite(true), splitFor(0))).toMatchObject({ seconds: 30 })
  })

  it('says in a plan what a canary and a release mean for each other', () => {
    const said = (site: ApiSite, stage: Stage) => (nlbApiGateway.completion?.(site, stage) ?? []).join('; ')
    expect(said(variableSite(true), stages.shifting(10))).toMatch(/takes no other release/)
    expect(said(variableSite(true), stages.soaking)).toBe('')
    expect(said(restSite, stages.soaking)).toMatch(/one UpdateStage; .* of that release with these integrations alone/)
    expect(said(httpSite(true), stages.soaking)).toBe('')
    expect(said(restSite, stages.adopted)).toBe('')
    const cached = { ...restSite, found: { ...restSite.found, api: { ...restSite.found.api, cached: true } } }
    expect(said(cached, stages.soaking)).toMatch(/flush the stage's cache/)
  })
})
