import { beforeAll, describe, expect, it } from 'vitest'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import { nodePort } from '../../../../infra/workloads/node-port/kind.ts'
import { creates } from '../../../../infra/workloads/node-port/orphans.ts'
import { arns } from '../alb/fixture.ts'
import { everyStage } from '../../arbitraries.ts'
import { build, type Built, type BuiltResource } from '../build.ts'
import { site } from './fixture.ts'

const cases: (Built & { readonly stage: Stage })[] = []

beforeAll(async () => {
  for (const stage of everyStage) cases.push({ stage, ...(await build(nodePort, site, stage)) })
})

const isSwitch = ({ name }: BuiltResource): boolean => name === 'switch-point'

const named = (prefix: string): BuiltResource[] =>
  cases.flatMap(({ resources }) => resources.filter(({ name }) => name.startsWith(prefix)))

describe('the program of every stage', () => {
  it('creates what `creates` says and nothing else, whose orphans are looked for', () => {
    const made = cases.flatMap(({ resources }) => resources.filter((resource) => !isSwitch(resource)))
    const names = (all: readonly { type: string; name: string }[]) =>
      [...new Set(all.map(({ type, name }) => `${type} ${name}`))].sort()
    expect(names(made)).toEqual(names(creates(site)))
  })

  it('names blue in the switch point alone, and never lets it be deleted', () => {
    for (const resource of cases.flatMap(({ resources }) => resources)) {
      if (isSwitch(resource)) expect(resource.options.retainOnDelete).toBe(true)
      else expect(JSON.stringify(resource.inputs)).not.toContain(arns.blue)
    }
  })

  it('has nothing at all once it is left out, and nothing of green where green is absent', () => {
    const green = ['green-targets', 'green-nodes-green-a', 'green-nodes-green-b', 'green-node-ingress-sg-0a-31080']
    for (const { resources, stage } of cases) {
      const names = resources.map(({ name }) => name)
      if (stage.switchPoint === 'left-out') expect(names).toEqual([])
      else if (stage.green === 'absent') expect(names).toEqual(['switch-point'])
      else expect(names).toEqual(expect.arrayContaining(green))
    }
  })

  it("makes a group of instances on green's node port, whose health is asked where green answers it", () => {
    const groups = named('green-targets')
    expect(groups.length).toBeGreaterThan(3)
    for (const { inputs } of groups) {
      expect(inputs).toMatchObject({ targetType: 'instance', port: 31_080, healthCheck: { port: '32000' } })
    }
  })

  it('attaches every auto-scaling group of green to green alone', () => {
    const attachments = named('green-nodes-')
    expect(attachments.length).toBeGreaterThan(6)
    for (const { name, inputs } of attachments) {
      expect(inputs).toMatchObject({
        autoscalingGroupName: name.replace('green-nodes-', ''),
        lbTargetGroupArn: 'arn:of:green-targets',
      })
    }
  })

  it('opens both ports before a node is a target', () => {
    expect(new Set(named('green-node-ingress-').map(({ inputs }) => inputs['fromPort']))).toEqual(
      new Set([31_080, 32_000]),
    )
    for (const { options } of named('green-nodes-')) expect(options.dependsOn).toHaveLength(2)
  })

  it('protects everything from soaking on, and lets go of it before a release', () => {
    for (const { resources, stage } of cases) {
      const expected = { protect: stage.keep === 'protected', retainOnDelete: stage.keep !== 'nothing' }
      for (const resource of resources) if (!isSwitch(resource)) expect(resource.options).toMatchObject(expected)
    }
  })
})
