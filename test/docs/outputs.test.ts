import { describe, expect, it, test } from 'vitest'
import { clusterOutputsSchema } from '../../infra/cluster/outputs.ts'
import { workloadOutputsSchemas } from '../../infra/outputs.ts'
import type { AnyKind, Site, Stage, WorkloadOutputs } from '../../infra/workloads/kind.ts'
import { kinds } from '../../infra/workloads/kinds.ts'
import { apiOutputs } from '../../infra/workloads/nlb-api-gateway/found.ts'
import { outputMembers, stageNames } from '../../infra/workloads/outputs.ts'
import { everyStage } from '../infra/arbitraries.ts'
import { listenerSite, site as ruleSite } from '../infra/workloads/alb/fixture.ts'
import { build } from '../infra/workloads/build.ts'
import * as records from '../infra/workloads/ingress-dns/fixture.ts'
import { sites as apiSites } from '../infra/workloads/nlb-api-gateway/fixture.ts'
import { weighedSite } from '../infra/workloads/nlb-api-gateway/weights-fixture.ts'
import { site as nodePortSite } from '../infra/workloads/node-port/fixture.ts'
import { networkSite, sharedSite } from '../infra/workloads/node-port/network-fixture.ts'
import { faultsOfCluster, faultsOfOutputs, faultsOfStack, published } from '../support/published-outputs.ts'
import { codesIn, column, namesIn, tableOf, textOf } from './pages.ts'

const page = 'docs/outputs.md'
const table = tableOf(page, 'Stack outputs: the contract that CI reads', 'member')
const example = JSON.parse(/```json\n([^]*?)```/.exec(textOf(page))?.[1] ?? '') as WorkloadOutputs

test('the published schema is the one that the API describes', async () => {
  expect(published.$id).toMatch(new RegExp(`:${example.schemaVersion}$`))
  await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot('../../docs/outputs.schema.json')
})

test('every member, those of one kind beside them, and every stage', () => {
  expect(namesIn(table, 'member')).toEqual(outputMembers)
  expect(Object.keys(example)).toEqual(outputMembers)
  const [, more = ''] = /has two more: ([^]*?)\n\n/.exec(textOf(page)) ?? []
  expect(codesIn(more)).toEqual(expect.arrayContaining(Object.keys(apiOutputs)))
  const stages = column(table, 'meaning')[outputMembers.indexOf('stage')] ?? ''
  expect(codesIn(stages)).toEqual([...stageNames])
})

test("every output of green's cluster", () => {
  const names = namesIn(tableOf(page, "Green's cluster"), 'output')
  expect(names).toEqual([...Object.keys(clusterOutputsSchema.properties), 'kubeconfig'])
})

test('the example is as published, bare and as the CLI shows it, and nothing else is', () => {
  expect(faultsOfOutputs(example)).toEqual([])
  expect(faultsOfStack({ cutover: example })).toEqual([])
  const { frontDoor, ...less } = example
  for (const wrong of [
    { ...example, another: frontDoor },
    less,
    { ...example, schemaVersion: 2 },
    { ...example, stage: 'moved' },
    { ...example, kind: 'gateway' },
    { ...example, greenListener: null, deployments: null },
    { ...example, split: { ...example.split, other: 0 } },
    { ...example, targetGroups: { blue: example.targetGroups.blue } },
  ]) {
    expect(faultsOfOutputs(wrong), JSON.stringify(wrong)).not.toEqual([])
    expect(faultsOfStack({ cutover: wrong })).not.toEqual([])
  }
  expect(faultsOfStack({ cutover: example, other: 1 })).not.toEqual([])
  expect(faultsOfStack(example)).not.toEqual([])
  expect(faultsOfCluster({ clusterName: 'green' })).not.toEqual([])
})

/** One of each way in which a kind's program can be told to build. */
const subjects: readonly (readonly [string, AnyKind, Site])[] = [
  ['alb, a rule', kinds.alb, ruleSite],
  ['alb, a listener', kinds.alb, listenerSite],
  ['node-port, a rule', kinds['node-port'], nodePortSite],
  ['node-port, a listener', kinds['node-port'], networkSite],
  ['node-port, shared', kinds['node-port'], sharedSite],
  ['ingress-dns, an alias', kinds['ingress-dns'], records.site],
  ['ingress-dns, a CNAME', kinds['ingress-dns'], records.cnameSite],
  ['nlb-api-gateway, the weights of its listener', kinds['nlb-api-gateway'], weighedSite],
  ...apiSites.map((site, at) => [`nlb-api-gateway, API ${at}`, kinds['nlb-api-gateway'], site] as const),
]

/** Every `up` of a walk through all stages that its grain allows. */
const walk = (kind: AnyKind, site: Site): readonly Stage[] => {
  const whole = kind.grain(site.config) === 'all-or-nothing'
  const allowed = everyStage.filter(({ split }) => !whole || split.green % 100 === 0)
  return allowed.flatMap((stage, at) => kind.parts(site, stage, allowed[at - 1] ?? null))
}

describe.each(subjects)('%s', (_name, kind, site) => {
  it('exports what is published at every stage, and one member more is refused', async () => {
    const ups = walk(kind, site)
    // a switch that is all or nothing may have nothing between
    const passed = new Set([...ups.map(({ name }) => name), 'shifting'])
    expect(passed).toEqual(new Set(stageNames))
    for (const stage of ups) {
      const { outputs } = await build(kind, site, stage)
      expect(faultsOfOutputs(outputs), `${stage.name} ${JSON.stringify(outputs)}`).toEqual([])
      expect(faultsOfOutputs({ ...outputs, another: 1 })).not.toEqual([])
    }
  })
})

test('every kind has been built', () => {
  const built = new Set(subjects.map(([, kind]) => kind.name))
  expect(built).toEqual(new Set(Object.keys(kinds)))
  expect(workloadOutputsSchemas).toHaveLength(built.size + 1)
})
