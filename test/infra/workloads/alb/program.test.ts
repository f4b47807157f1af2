import { beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import { alb } from '../../../../infra/workloads/alb/kind.ts'
import type { AlbSite } from '../../../../infra/workloads/alb/found.ts'
import { creates } from '../../../../infra/workloads/elbv2/pod-orphans.ts'
import { sdkActions, sharesFor } from '../../../../infra/workloads/elbv2/forward.ts'
import { everyStage } from '../../arbitraries.ts'
import { build, secret, type Built, type BuiltResource } from '../build.ts'
import { arns, listenerSite, site } from './fixture.ts'

interface Case extends Built {
  readonly site: AlbSite
  readonly stage: Stage
}

const cases: Case[] = []

beforeAll(async () => {
  for (const one of [site, listenerSite])
    for (const stage of everyStage) cases.push({ site: one, stage, ...(await build(alb, one, stage)) })
})

const isSwitch = ({ name }: BuiltResource): boolean => name === 'switch-point'
/** What the SDK wraps a secret in on its way to the engine. */
const secretMark = '4dabf18193072939515e22adb298388d'

const greenArn = 'arn:of:green-targets'

/** The whole resource as text, for what must not be in it. */
const all = ({ inputs }: BuiltResource): string => JSON.stringify(inputs)

describe('the program of every stage', () => {
  it('never lets the switch point be deleted: what leaves the program stays in AWS', () => {
    const switches = cases.flatMap(({ resources }) => resources.filter(isSwitch))
    expect(switches.length).toBeGreaterThan(10)
    for (const { options } of switches) expect(options.retainOnDelete).toBe(true)
  })

  it('creates what `creates` says and nothing else, whose orphans are looked for', () => {
    for (const one of [site, listenerSite]) {
      const made = cases
        .filter((it) => it.site === one)
        .flatMap(({ resources }) => resources.filter((r) => !isSwitch(r)))
      const names = (all: readonly { type: string; name: string }[]) =>
        [...new Set(all.map(({ type, name }) => `${type} ${name}`))].sort()
      expect(names(made)).toEqual(names(creates(one)))
    }
  })

  it('names blue in the switch point alone', () => {
    for (const { resources } of cases)
      for (const resource of resources) if (!isSwitch(resource)) expect(all(resource)).not.toContain(arns.blue)
  })

  it('imports only where it adopts, and ignores every path of the action there', () => {
    for (const {
      resources,
      stage,
      site: { found },
    } of cases) {
      const [point] = resources.filter(isSwitch)
      if (!point) continue
      expect(point.options.import).toBe(stage.name === 'adopted' ? found.switchPoint.arn : undefined)
      const action = found.switchPoint.type === 'rule' ? 'actions' : 'defaultActions'
      const ignored = point.options.ignoreChanges ?? []
      expect(ignored.some((path) => path.startsWith(action))).toBe(stage.name === 'adopted')
    }
  })

  it('leaves everything but the action of the switch point to whoever made it', () => {
    for (const { resources } of cases) {
      const [point] = resources.filter(isSwitch)
      const set = Object.keys(point?.inputs ?? {}).filter((key) => key !== 'actions' && key !== 'defaultActions')
      expect(point?.options.ignoreChanges ?? set).toEqual(expect.arrayContaining(set))
    }
  })

  it('writes what a flip to the same split would write', () => {
    for (const {
      resources,
      stage,
      site: { found },
    } of cases) {
      const [point] = resources.filter(isSwitch)
      if (!point) continue
      const [action] = (point.inputs['actions'] ?? point.inputs['defaultActions']) as Record<string, any>[]
      const groups = { blue: arns.blue, green: greenArn }
      const [flipped] = sdkActions(found.forward, sharesFor(found.forward, stage.split, stage), groups)
      expect(action?.['forward'].targetGroups).toEqual(
        flipped?.ForwardConfig?.TargetGroups?.map(({ TargetGroupArn, Weight }) => ({
          arn: TargetGroupArn,
          weight: Weight,
        })),
      )
      expect(action?.['order']).toBe(flipped?.Order)
    }
  })

  it('protects everything from soaking on, and lets go of it before a release', () => {
    for (const { resources, stage } of cases) {
      const expected = {
        nothing: { protect: false, retainOnDelete: false },
        protected: { protect: true, retainOnDelete: true },
        retained: { protect: false, retainOnDelete: true },
      }[stage.keep]
      for (const resource of resources) if (!isSwitch(resource)) expect(resource.options).toMatchObject(expected)
    }
  })

  it('has nothing at all once it is left out, and nothing of green where green is absent', () => {
    for (const { resources, stage } of cases) {
      const names = resources.map(({ name }) => name)
      if (stage.switchPoint === 'left-out') expect(names).toEqual([])
      else if (stage.green === 'absent') expect(names).toEqual(['switch-point'])
      else expect(names).toEqual(expect.arrayContaining(['green-targets', 'green-binding', 'green-pod-ingress-sg-0a']))
    }
  })

  it('keeps the secret of the test route out of everything but the condition that asks for it', () => {
    for (const { resources, outputs } of cases) {
      expect(JSON.stringify(outputs)).not.toContain(secret)
      for (const { name, inputs } of resources) {
        const { conditions, ...rest } = inputs
        expect(JSON.stringify(name === 'test-route' ? rest : inputs)).not.toContain(secret)
        if (name !== 'test-route') continue
        expect(conditions).toHaveProperty([secretMark])
        expect(conditions.value.at(-1).httpHeader).toEqual({ httpHeaderName: 'x-eks-cutover-test', values: [secret] })
      }
    }
  })

  it('binds green to its own group and touches no security group in doing so', () => {
    for (const { resources } of cases) {
      for (const { inputs } of resources.filter(({ name }) => name === 'green-binding')) {
        expect(inputs['spec']).toEqual({
          targetGroupARN: greenArn,
          targetType: 'ip',
          serviceRef: { name: 'search', port: 80 },
        })
      }
    }
  })

  it('exports what CI reads', () => {
    for (const {
      outputs,
      stage,
      site: { found },
    } of cases) {
      expect(outputs).toEqual({
        schemaVersion: 1,
        migration: 'prod-2026',
        workload: 'search',
        kind: 'alb',
        stage: stage.name,
        split: stage.split,
        frontDoor: found.loadBalancer.dnsName,
        switchPoint: found.switchPoint.arn,
        targetGroups: { blue: arns.blue, green: stage.green === 'present' ? greenArn : null },
        testRoute: stage.testRoute ? 'arn:of:test-route' : null,
      })
    }
  })
})
