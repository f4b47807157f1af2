import { beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import { ingressDns } from '../../../../infra/workloads/ingress-dns/kind.ts'
import { creates } from '../../../../infra/workloads/ingress-dns/orphans.ts'
import { parts } from '../../../../infra/workloads/ingress-dns/parts.ts'
import { plan } from '../../../../infra/workloads/ingress-dns/plan.ts'
import * as stages from '../../../../automation/phases/stages.ts'
import { everyStage } from '../../arbitraries.ts'
import { build, type Built, type BuiltResource } from '../build.ts'
import { cnameSite, names, site } from './fixture.ts'

const cases: (Built & { readonly stage: Stage })[] = []

const everyUp: readonly Stage[] = [
  ...everyStage,
  ...parts(site, stages.retired, stages.soaking),
  ...parts(site, stages.restored, stages.prepared),
]

beforeAll(async () => {
  for (const stage of everyUp) cases.push({ stage, ...(await build(ingressDns, site, stage)) })
})

const isSwitch = ({ name }: BuiltResource): boolean => name.startsWith('switch-point')

const all = (): BuiltResource[] => cases.flatMap(({ resources }) => [...resources])

const at = (stage: Stage): Built => cases.find((one) => one.stage === stage) ?? missing()

function missing(): never {
  throw new Error('no such case')
}

describe('the program of every stage', () => {
  it('creates what `creates` says and nothing else, whose orphans are looked for', () => {
    const made = all().filter((resource) => !isSwitch(resource))
    const named = (some: readonly { type: string; name: string }[]) =>
      [...new Set(some.map(({ type, name }) => `${type} ${name}`))].sort()
    expect(named(made)).toEqual(named(creates(site)))
  })

  it('never lets a switch point be deleted, and has nothing at all once it is left out', () => {
    for (const resource of all().filter(isSwitch)) expect(resource.options.retainOnDelete).toBe(true)
    expect(cases.find(({ stage }) => stage.switchPoint === 'left-out')?.resources).toEqual([])
  })

  it('protects the switch points from soaking on, and keeps what is green in AWS until it leaves', () => {
    for (const { resources, stage } of cases) {
      for (const resource of resources) {
        const { protect, retainOnDelete } = resource.options
        expect(protect ?? false).toBe(isSwitch(resource) && stage.keep === 'protected')
        const leaves = stage.part?.name === 'green-twice'
        if (!isSwitch(resource)) expect(retainOnDelete).toBe(stage.keep !== 'nothing' && !leaves)
      }
    }
  })

  it('imports what was found and ignores all that it says of it while it is only adopted', () => {
    const { resources } = at(stages.adopted)
    expect(resources.map(({ options }) => options.import)).toEqual([
      'Z0123456789ABC_api.example.internal_A',
      'Z0123456789ABC_api.example.internal_AAAA',
    ])
    for (const { inputs, options } of resources) {
      expect(options.ignoreChanges).toEqual(expect.arrayContaining(Object.keys(inputs)))
    }
  })

  it("changes blue's record before green's of the same type", () => {
    const green = at(stages.prepared).resources.filter((resource) => !isSwitch(resource))
    expect(green).toHaveLength(2)
    for (const { name, options, inputs } of green) {
      expect(options.dependsOn).toBeDefined()
      const planned = plan(site, stages.prepared).greenRecords.find((one) => one.name === name)
      expect(planned?.after).toBe(name.replace('green-record', 'switch-point'))
      expect(inputs).toMatchObject({
        setIdentifier: 'eks-cutover/prod-2026/api/green',
        weightedRoutingPolicies: [{ weight: 0 }],
        allowOverwrite: true,
        aliases: [{ name: `dualstack.${names.green}`, evaluateTargetHealth: false }],
      })
    }
  })

  it('gives a CNAME its TTL and an alias none', async () => {
    const [record] = (await build(ingressDns, cnameSite, stages.prepared)).resources
    expect(record?.inputs).toMatchObject({ type: 'CNAME', ttl: 60, records: [names.blue] })
    expect(at(stages.prepared).resources[0]?.inputs).not.toHaveProperty('ttl')
  })

  it('exports what CI reads', () => {
    for (const { outputs, stage } of cases) {
      const { targetGroups } = site.found.loadBalancers.green
      const present = stage.green === 'present'
      expect(outputs).toEqual({
        schemaVersion: 1,
        migration: 'prod-2026',
        workload: 'api',
        kind: 'ingress-dns',
        stage: stage.name,
        split: stage.split,
        frontDoor: 'api.example.internal',
        switchPoint: 'Z0123456789ABC_api.example.internal',
        targetGroups: { blue: site.found.blueGroups[0]?.arn, green: present ? targetGroups[0] : null },
        testRoute: present && stage.testRoute ? site.found.loadBalancers.green.arn : null,
      })
    }
  })
})
