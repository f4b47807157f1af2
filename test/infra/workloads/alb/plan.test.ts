import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import type { AlbSite } from '../../../../infra/workloads/alb/found.ts'
import { plan } from '../../../../infra/workloads/alb/plan.ts'
import * as stages from '../../../../automation/phases/stages.ts'
import { anyStage } from '../../arbitraries.ts'
import { anySite, arns, listenerSite, site } from './fixture.ts'

/** EC2: up to 255 characters of this set; no apostrophe. */
const inSecurityGroupDescriptions = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/

const forEveryPlan = (look: (site: AlbSite, stage: Stage) => void): void =>
  fc.assert(fc.property(anySite, anyStage, look))

describe('the plan of any site at any stage', () => {
  it('gives all traffic to one group or divides 100 between two, and never leaves all weights at zero', () => {
    forEveryPlan((any, stage) => {
      const shares = plan(any, stage).switchPoint?.shares
      if (!shares) return
      const sum = shares.reduce((total, { weight }) => total + weight, 0)
      expect(sum).toBeGreaterThan(0)
      expect(shares.length === 1 || sum === 100).toBe(true)
      for (const { weight } of shares) expect(Number.isInteger(weight) && weight >= 0 && weight <= 999).toBe(true)
    })
  })

  it('gives green the share that the stage says', () => {
    forEveryPlan((any, stage) => {
      const shares = plan(any, stage).switchPoint?.shares
      if (shares?.length !== 2) return
      expect(shares.map(({ colour, weight }) => [colour, weight])).toEqual([
        ['blue', stage.split.blue],
        ['green', stage.split.green],
      ])
    })
  })

  it('has something of green only when green is present', () => {
    forEveryPlan((any, stage) => {
      const { targetGroup, binding, testRoute, podIngress, switchPoint } = plan(any, stage)
      if (stage.green === 'present') return
      expect([targetGroup, binding, testRoute, podIngress]).toEqual([null, null, null, []])
      expect(switchPoint?.shares.map(({ colour }) => colour) ?? ['blue']).toEqual(['blue'])
    })
  })

  it('takes blue out of the switch only when it is retired', () => {
    forEveryPlan((any, stage) => {
      const shares = plan(any, stage).switchPoint?.shares
      if (!shares) return
      expect(shares.some(({ colour }) => colour === 'blue')).toBe(stage.blue !== 'retired')
    })
  })

  it('names the switch point unless it is left out, and adopts it only in the stage that adopts', () => {
    forEveryPlan((any, stage) => {
      const { switchPoint } = plan(any, stage)
      expect(switchPoint === null).toBe(stage.switchPoint === 'left-out')
      if (!switchPoint) return
      expect(switchPoint).toMatchObject(any.found.switchPoint)
      expect(switchPoint.adoptedOnly).toBe(stage.name === 'adopted')
    })
  })

  it('has a test route only when the stage says so and a priority is free', () => {
    forEveryPlan((any, stage) => {
      const { testRoute } = plan(any, stage)
      expect(testRoute !== null).toBe(stage.testRoute && stage.green === 'present' && 'priority' in any.found.testRoute)
      if (!testRoute || 'port' in testRoute || !('priority' in any.found.testRoute)) return
      expect(testRoute.priority).toBe(any.found.testRoute.priority)
      expect(testRoute.conditions).toHaveLength(any.found.rule?.conditions.length ?? 0)
    })
  })

  it('names blue in nothing that can be deleted: only its likeness is taken', () => {
    forEveryPlan((any, stage) => {
      const { targetGroup, binding, testRoute, podIngress } = plan(any, stage)
      const { arn, ...likeness } = targetGroup?.like ?? { arn: arns.blue }
      expect(arn).toBe(arns.blue)
      const deletable = JSON.stringify([likeness, targetGroup?.tags, binding, testRoute, podIngress])
      expect(deletable).not.toContain(arns.blue)
      expect(deletable).not.toContain(any.found.switchPoint.type === 'rule' ? arns.rule : 'default')
    })
  })

  it('names and tags things within the limits of AWS and Kubernetes', () => {
    forEveryPlan((any, stage) => {
      const { targetGroup, binding, podIngress } = plan(any, stage)
      if (targetGroup) expect(targetGroup.namePrefix.length).toBeLessThanOrEqual(6)
      if (binding) expect(binding.name).toMatch(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
      for (const { description } of podIngress) expect(description).toMatch(inSecurityGroupDescriptions)
      expect(new Set(podIngress.map(({ name }) => name)).size).toBe(podIngress.length)
    })
  })

  it('is plain data, the same every time, and leaves what it was made from alone', () => {
    forEveryPlan((any, stage) => {
      const before = JSON.stringify([any, stage])
      const made = plan(any, stage)
      expect(plan(any, stage)).toEqual(made)
      expect(JSON.parse(JSON.stringify(made))).toEqual(made)
      expect(JSON.stringify([any, stage])).toBe(before)
    })
  })

  it('says of the test route which header leads there and not with which value', () => {
    forEveryPlan((any, stage) => {
      const { testRoute } = plan(any, stage)
      if (!testRoute) return
      expect(Object.keys(testRoute).sort()).toEqual(['conditions', 'header', 'listenerArn', 'priority', 'tags'])
    })
  })

  it('keeps what the stage says it keeps, and tells stage and split to whoever reads the outputs', () => {
    forEveryPlan((any, stage) => {
      const { keep, outputs } = plan(any, stage)
      expect(keep).toBe(stage.keep)
      expect(outputs).toMatchObject({ schemaVersion: 1, kind: 'alb', stage: stage.name, split: stage.split })
      expect(outputs).toMatchObject({ migration: any.migration, workload: any.workload })
    })
  })
})

describe('the plan of a known site', () => {
  it('opens the pods to each security group of the load balancer that they do not admit yet', () => {
    const { podIngress } = plan(site, stages.prepared)
    expect(podIngress).toMatchObject([
      { name: 'green-pod-ingress-sg-0a', securityGroup: 'sg-0b', from: 'sg-0a', port: 8080 },
    ])
  })

  it('opens nothing when the inventory names no security group', () => {
    const { podIngress: _, ...config } = site.config
    expect(plan({ ...site, config }, stages.prepared).podIngress).toEqual([])
  })

  it('leaves the port out of the front door where clients do', () => {
    const at = (port: number, protocol: string) =>
      plan({ ...site, found: { ...site.found, listener: { arn: arns.listener, port, protocol } } }, stages.adopted)
        .outputs.frontDoor
    const { dnsName } = site.found.loadBalancer
    expect([at(80, 'HTTP'), at(443, 'HTTPS')]).toEqual([dnsName, dnsName])
    expect([at(443, 'HTTP'), at(8443, 'HTTPS')]).toEqual([`${dnsName}:443`, `${dnsName}:8443`])
  })

  it('of a listener has no priority and no conditions', () => {
    expect(plan(listenerSite, stages.prepared).switchPoint).toMatchObject({ priority: null, conditions: [] })
  })
})
