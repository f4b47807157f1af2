import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as stages from '../../../../automation/phases/stages.ts'
import { home, splitFor } from '../../../../infra/traffic.ts'
import { creates } from '../../../../infra/workloads/elbv2/pod-orphans.ts'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import type { GatewayConfig } from '../../../../infra/workloads/nlb-api-gateway/config.ts'
import { nlbApiGateway } from '../../../../infra/workloads/nlb-api-gateway/kind.ts'
import { weighedPlan } from '../../../../infra/workloads/nlb-api-gateway/weights/plan.ts'
import { anyStage, everyStage } from '../../arbitraries.ts'
import { build, type Built } from '../build.ts'
import { arns, restSite } from './fixture.ts'
import { closingSite, weighedSite } from './weights-fixture.ts'

describe('the plan of a listener that weighs, at any stage', () => {
  const forEveryStage = (look: (stage: Stage) => void): void => fc.assert(fc.property(anyStage, look))

  it('never weighs both sides with nothing, and blue with nothing only at 100 %', () => {
    forEveryStage((stage) => {
      const { switchPoint } = weighedPlan(weighedSite, stage)
      if (!switchPoint) return
      expect(switchPoint.shares.some(({ weight }) => weight > 0)).toBe(true)
      const blue = switchPoint.shares.find(({ colour }) => colour === 'blue')
      if (stage.split.green < 100) expect(blue?.weight).toBeGreaterThan(0)
    })
  })

  it('has something of green only when green is present, and names blue in nothing that can be deleted', () => {
    forEveryStage((stage) => {
      const { targetGroup, testRoute, binding, podIngress } = weighedPlan(weighedSite, stage)
      if (stage.green === 'absent')
        expect([targetGroup, testRoute, binding, podIngress]).toEqual([null, null, null, []])
      const { arn: _likeness, ...like } = targetGroup?.like ?? { arn: '' }
      const deletable = JSON.stringify([{ ...targetGroup, like }, testRoute, binding, podIngress])
      expect(deletable).not.toContain(arns.blue)
      expect(deletable).not.toContain(arns.listener)
    })
  })

  it('is the same whether connections are closed on a rollback or not', () => {
    forEveryStage((stage) => {
      const plan = weighedPlan(closingSite, stage)
      expect(plan).toEqual(weighedPlan(weighedSite, stage))
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    })
  })
})

const partNames = (site: typeof weighedSite, stage: Stage, before: Stage | null) =>
  nlbApiGateway.parts(site, stage, before).map(({ part }) => part?.name ?? null)

const flipped = (stage: Stage): Stage => ({ ...stage, split: home })

describe('the way back with closeOnRollback', () => {
  it('takes the protection, because nothing that has it can be left out, and empties the group of green', () => {
    for (const before of [stages.prepared, stages.shifting(10), stages.soaking]) {
      const parts = nlbApiGateway.parts(closingSite, stages.prepared, flipped(before))
      expect(parts.map(({ part }) => part?.name ?? null)).toEqual(['unprotect', 'close', null])
      for (const { keep, split } of parts) expect({ keep, split }).toEqual({ keep: 'nothing', split: home })
      expect(parts.map((part) => weighedPlan(closingSite, part).binding !== null)).toEqual([true, false, true])
    }
  })

  it('makes the group close at once while it is emptied, and like that of blue before and after', () => {
    const [, close, after] = nlbApiGateway.parts(closingSite, stages.prepared, flipped(stages.shifting(10)))
    const likeOf = (stage: Stage | undefined) => weighedPlan(closingSite, stage ?? stages.adopted).targetGroup?.like
    const { flows, ...rest } = weighedSite.found.blueTargetGroup
    expect(likeOf(close)).toEqual({
      ...rest,
      deregistrationDelaySeconds: 0,
      flows: { ...flows, terminatedOnDeregistration: true },
    })
    expect(likeOf(after)).toEqual(weighedSite.found.blueTargetGroup)
  })

  it('is not taken forward, nor from where green had no traffic, nor unless it is asked for', () => {
    expect(partNames(closingSite, stages.prepared, stages.adopted)).toEqual([null])
    expect(partNames(closingSite, stages.restored, stages.prepared)).toEqual([null])
    expect(partNames(closingSite, stages.shifting(50), stages.shifting(10))).toEqual([null])
    expect(partNames(weighedSite, stages.prepared, flipped(stages.soaking))).toEqual([null])
  })

  it('says in the plan what it cuts', () => {
    const [, close] = nlbApiGateway.parts(closingSite, stages.prepared, flipped(stages.shifting(10)))
    expect(nlbApiGateway.completion?.(closingSite, close ?? stages.adopted).join()).toMatch(
      /connections are closed, requests under way on them included; .* 180 to 300 s/,
    )
  })
})

describe('what the switch says of itself', () => {
  it('claims the listener, and splits by percent', () => {
    expect(nlbApiGateway.claims(weighedSite.config)).toEqual([arns.listener])
    expect(nlbApiGateway.grain(weighedSite.config)).toBe('percent')
  })

  it.each<[Partial<GatewayConfig>, RegExp]>([
    [{ api: 'a1b2c3' }, /leave api out/],
    [{ greenPort: 9081 }, /leave greenPort out/],
    [{ flushCache: true }, /leave flushCache out/],
  ])('refuses an entry that says %o as well', (change, message) => {
    expect(() => nlbApiGateway.claims({ ...weighedSite.config, ...change })).toThrow(message)
  })

  it.each<Partial<GatewayConfig>>([{ testPort: 9081 }, { backendUrl: 'http://lens:8081/' }, { closeOnRollback: true }])(
    'leaves %o to itself',
    (change) => {
      expect(() => nlbApiGateway.claims({ ...restSite.config, ...change })).toThrow(
        /belongs to switch: listener-weights/,
      )
    },
  )

  it('says in the plan of every step that weights are for new connections', () => {
    const said = (stage: Stage) => nlbApiGateway.completion?.(weighedSite, stage) ?? []
    for (const stage of [stages.shifting(10), stages.soaking]) {
      expect(said(stage)).toEqual([
        expect.stringMatching(/for new connections; .* API Gateway keeps stay on their side/),
      ])
    }
    for (const stage of [stages.adopted, stages.prepared, stages.retired]) expect(said(stage)).toEqual([])
  })

  it('says how long connections that stand may stay, and which are closed', () => {
    const said = (site: typeof weighedSite, green: number) => nlbApiGateway.lingers(site, splitFor(green))
    expect(said(weighedSite, 0)).toMatchObject({ seconds: 350, sentence: expect.not.stringMatching(/are closed in/) })
    expect(said(closingSite, 0).sentence).toMatch(/those to green are closed in the run after home/)
    expect(said(closingSite, 10)).toEqual(said(weighedSite, 10))
  })
})

describe('the test route', () => {
  const routeOf = (site: typeof weighedSite) => nlbApiGateway.testRoute(site, 'secret')
  const probing = (url: string, backendUrl?: string): typeof weighedSite => {
    const { backendUrl: _said, ...config } = weighedSite.config
    return { ...weighedSite, config: { ...config, probe: { url }, ...(backendUrl ? { backendUrl } : {}) } }
  }
  const { dnsName } = weighedSite.found.loadBalancer

  it('asks the listener of green for what API Gateway would ask', () => {
    expect(routeOf(weighedSite)).toEqual({
      headers: { host: 'lens.internal:8081' },
      connect: { host: dnsName, port: 8082, protocol: 'http' },
      path: { from: '/prod/products', to: '/v1/products' },
    })
    expect(routeOf(probing('https://api.example.com/x', 'https://lens.internal'))).toEqual({
      headers: { host: 'lens.internal' },
      connect: { host: dnsName, port: 8082, protocol: 'https' },
      path: { from: '/x', to: '/' },
    })
  })

  it('asks it as the probe does where that asks the load balancer itself', () => {
    expect(routeOf(probing(`http://${dnsName}:8081/healthz`))).toEqual({ connect: { port: 8082 } })
  })

  it('is none where nobody says what the API asks for, where the probe is none, and where there is no listener left', () => {
    expect(routeOf(probing('https://api.example.com/x'))).toEqual({ none: expect.stringMatching(/no backendUrl/) })
    const { config, found } = weighedSite
    expect(routeOf({ ...weighedSite, config: { ...config, probe: 'none' } })).toEqual({
      none: expect.stringMatching(/probe: none/),
    })
    const full = { ...found, testRoute: { none: 'the load balancer has 50 listeners' } }
    expect(routeOf({ ...weighedSite, found: full })).toEqual({ none: 'the load balancer has 50 listeners' })
  })
})

describe('the program of every stage', () => {
  const cases: Built[] = []
  const [, close = stages.prepared] = nlbApiGateway.parts(closingSite, stages.prepared, flipped(stages.shifting(10)))
  let closed: Built
  beforeAll(async () => {
    for (const stage of everyStage) cases.push(await build(nlbApiGateway, weighedSite, stage))
    closed = await build(nlbApiGateway, closingSite, close)
  })

  it('creates what `creates` says and nothing else, and nothing of the API', () => {
    const made = cases.flatMap(({ resources }) => resources).filter(({ name }) => name !== 'switch-point')
    const named = (all: readonly { type: string; name: string }[]) =>
      [...new Set(all.map(({ type, name }) => `${type} ${name}`))].sort()
    expect(named(made)).toEqual(named(creates(weighedSite)))
    expect(named(made).join()).not.toMatch(/apigateway/)
  })

  it("tests green at a listener of its own, and imports blue's", () => {
    const all = cases.flatMap(({ resources }) => resources)
    const routes = all.filter(({ name }) => name === 'test-route')
    expect(routes.map(({ type, inputs }) => [type, inputs['port']])).toEqual(
      routes.map(() => ['aws:lb/listener:Listener', 8082]),
    )
    const [adopted] = all.filter(({ name }) => name === 'switch-point')
    expect(adopted?.options).toMatchObject({ import: arns.listener, retainOnDelete: true })
  })

  it('leaves out the binding, and nothing else, while connections are closed', () => {
    const prepared = cases[1]?.resources.map(({ name }) => name) ?? []
    expect(closed.resources.map(({ name }) => name)).toEqual(prepared.filter((name) => name !== 'green-binding'))
    const group = closed.resources.find(({ name }) => name === 'green-targets')
    expect(group?.inputs).toMatchObject({ deregistrationDelay: 0, connectionTermination: true })
  })
})
