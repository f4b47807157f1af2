import { beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import { sdkActions, sharesFor } from '../../../../infra/workloads/elbv2/forward.ts'
import { testRouteOf } from '../../../../infra/workloads/elbv2/switch.ts'
import { nodePort } from '../../../../infra/workloads/node-port/kind.ts'
import { attachments, creates } from '../../../../infra/workloads/node-port/orphans.ts'
import { arns } from '../alb/fixture.ts'
import { everyStage } from '../../arbitraries.ts'
import { build, type Built, type BuiltResource } from '../build.ts'
import { listenerArn, networkSite, sharedSite } from './network-fixture.ts'

type Case = Built & { readonly stage: Stage }

const namesOf = (all: readonly { type: string; name: string }[]) =>
  [...new Set(all.map(({ type, name }) => `${type} ${name}`))].sort()

const isSwitch = ({ name }: BuiltResource): boolean => name === 'switch-point'

const named = (cases: readonly Case[], prefix: string): BuiltResource[] =>
  cases.flatMap(({ resources }) => resources.filter(({ name }) => name.startsWith(prefix)))

describe("the program of every stage at a network load balancer's listener", () => {
  const cases: Case[] = []
  beforeAll(async () => {
    for (const stage of everyStage) cases.push({ stage, ...(await build(nodePort, networkSite, stage)) })
  })

  it('creates what `creates` says and nothing else', () => {
    const made = cases.flatMap(({ resources }) => resources.filter((one) => !isSwitch(one)))
    expect(namesOf(made)).toEqual(namesOf(creates(networkSite)))
  })

  it('sends no word on stickiness, neither by up nor by flip', () => {
    const { forward } = networkSite.found
    for (const { inputs } of named(cases, 'switch-point')) {
      expect(inputs['defaultActions'][0].forward.stickiness).toBeUndefined()
    }
    const shares = sharesFor(forward, { blue: 90, green: 10 }, { green: 'present', blue: 'attached' })
    const [action] = sdkActions(forward, shares, { blue: 'b', green: 'g' })
    expect(action?.ForwardConfig).toEqual({
      TargetGroups: [
        { TargetGroupArn: 'b', Weight: 90 },
        { TargetGroupArn: 'g', Weight: 10 },
      ],
    })
  })

  it("makes a group that has what blue's has, and no attribute that only application load balancers know", () => {
    const groups = named(cases, 'green-targets')
    expect(groups.length).toBeGreaterThan(3)
    for (const { inputs } of groups) {
      expect(inputs).toMatchObject({
        protocol: 'TCP',
        preserveClientIp: 'true',
        proxyProtocolV2: true,
        connectionTermination: false,
        targetHealthStates: [{ enableUnhealthyConnectionTermination: true, unhealthyDrainingInterval: 0 }],
      })
      for (const key of ['protocolVersion', 'slowStart', 'loadBalancingAlgorithmType'])
        expect(inputs).not.toHaveProperty(key)
    }
  })

  it("tests green at a listener of its own, with blue's certificate, and only before 100 %", () => {
    const routes = named(cases, 'test-route')
    expect(routes).toHaveLength(2)
    for (const { type, inputs } of routes) {
      expect(type).toBe('aws:lb/listener:Listener')
      expect(inputs).toMatchObject({ port: 444, protocol: 'TLS', sslPolicy: 'P', alpnPolicy: 'None' })
      expect(inputs['certificateArn']).toContain(':certificate/1')
      expect(inputs['defaultActions']).toEqual([{ type: 'forward', targetGroupArn: 'arn:of:green-targets' }])
    }
    expect(testRouteOf(networkSite, 'secret')).toEqual({ connect: { port: 444 } })
  })

  it('opens the nodes to address ranges of either family, under names that fit into a URN', () => {
    const rules = named(cases, 'green-node-ingress-')
    expect(new Set(rules.map(({ inputs }) => inputs['cidrIpv4'] ?? inputs['cidrIpv6']))).toEqual(
      new Set(['203.0.113.0/24', '2001:db8::/32']),
    )
    for (const { name } of rules) expect(name).not.toContain('::')
  })
})

describe('the program of every stage where the nodes share one group', () => {
  const cases: Case[] = []
  beforeAll(async () => {
    for (const stage of everyStage) cases.push({ stage, ...(await build(nodePort, sharedSite, stage)) })
  })

  it('creates what `creates` says and nothing else', () => {
    const made = cases.flatMap(({ resources }) => resources.filter((one) => !isSwitch(one)))
    expect(namesOf(made)).toEqual(namesOf(creates(sharedSite)))
  })

  it('never writes the listener', () => {
    const switches = named(cases, 'switch-point')
    expect(switches.length).toBeGreaterThan(5)
    for (const { options } of switches) {
      expect(options).toMatchObject({ import: listenerArn, retainOnDelete: true })
      expect(options.ignoreChanges).toEqual(expect.arrayContaining(['defaultActions[0].forward.targetGroups', 'port']))
    }
  })

  it("attaches green's groups to blue's only where green has a share, and to one of their own only while it is tested", () => {
    for (const { stage, resources } of cases) {
      const arnsOf = (prefix: string) =>
        resources.filter(({ name }) => name.startsWith(prefix)).map(({ inputs }) => String(inputs['lbTargetGroupArn']))
      const joins = stage.green === 'present' && stage.split.green > 0
      const tested = stage.green === 'present' && stage.testRoute
      expect(arnsOf('green-sharing-nodes-')).toEqual(joins ? [arns.blue, arns.blue] : [])
      expect(arnsOf('green-nodes-')).toEqual(tested ? ['arn:of:green-targets', 'arn:of:green-targets'] : [])
      expect(resources.some(({ name }) => name === 'green-targets')).toBe(tested)
    }
  })

  it('refreshes every attachment with the switch, because one that is gone cannot be deleted', () => {
    const made = cases.flatMap(({ resources }) => resources.filter(({ type }) => type.endsWith(':Attachment')))
    expect(made.length).toBeGreaterThan(0)
    expect(nodePort).toHaveProperty('refreshedToo', attachments)
    expect(namesOf(attachments(sharedSite))).toEqual(namesOf(made))
  })

  it("leaves it to calls to take green's groups out of blue's: those that have left cannot be deleted", () => {
    const joins = named(cases, 'green-sharing-nodes-')
    expect(joins.length).toBeGreaterThan(0)
    for (const { options } of joins) expect(options).toMatchObject({ retainOnDelete: true, protect: false })
  })

  it('never touches the attachments of blue', () => {
    for (const { inputs } of cases.flatMap(({ resources }) => resources)) {
      expect(JSON.stringify(inputs)).not.toMatch(/blue-[ab]/)
    }
  })

  it("says whose group green's nodes are in: their own, then blue's", () => {
    const greenOf = (name: string) => cases.find(({ stage }) => stage.name === name)?.outputs.targetGroups.green
    expect(greenOf('adopted')).toBeNull()
    expect(greenOf('prepared')).toBe('arn:of:green-targets')
    expect(greenOf('soaking')).toBe(arns.blue)
  })
})
