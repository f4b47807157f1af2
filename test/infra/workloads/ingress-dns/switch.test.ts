import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAws, type Aws } from '../../../../infra/aws/clients.ts'
import { changeRecordSets, recordSetsAt } from '../../../../infra/aws/route53.ts'
import { home, moved, splitFor } from '../../../../infra/traffic.ts'
import type { Stage, WorkloadOutputs } from '../../../../infra/workloads/kind.ts'
import { flip, takeOver } from '../../../../infra/workloads/ingress-dns/flip.ts'
import type { IngressDnsSite } from '../../../../infra/workloads/ingress-dns/found.ts'
import {
  observeBlueTraffic,
  observeSplit,
  observeSwitchPoint,
} from '../../../../infra/workloads/ingress-dns/observe.ts'
import { removeOrphan } from '../../../../infra/workloads/ingress-dns/orphans.ts'
import { parts } from '../../../../infra/workloads/ingress-dns/parts.ts'
import { plan } from '../../../../infra/workloads/ingress-dns/plan.ts'
import { recordSetOf, recordsOf } from '../../../../infra/workloads/ingress-dns/records.ts'
import * as stages from '../../../../automation/phases/stages.ts'
import { Clock } from '../../../../sandbox/clock.ts'
import { services } from '../../../../sandbox/cloud/services.ts'
import { createWorld } from '../../../../sandbox/cloud/world.ts'
import { Faults } from '../../../../sandbox/faults.ts'
import { startWire, type Wire } from '../../../../sandbox/wire/wire.ts'
import { cnameSite } from './fixture.ts'

const clock = new Clock(1000)
let wire: Wire
let aws: Aws
let site: IngressDnsSite

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  const world = createWorld({ region: 'eu-central-1', accountId: '123456789012', clock })
  wire = await startWire({ world, services, faults: new Faults() })
  aws = createAws({ region: 'eu-central-1', endpoint: wire.url })
  const { HostedZone } = await (
    await aws.route53()
  ).send(new CreateHostedZoneCommand({ Name: 'example.internal', CallerReference: '1' }))
  const zone = (HostedZone?.Id ?? '').replace('/hostedzone/', '')
  site = { ...cnameSite, config: { ...cnameSite.config, zone } }
})
afterAll(async () => {
  aws.close()
  await wire.close()
  clock.stop()
})

const { record } = cnameSite.config

const setsNow = () => recordSetsAt(site.config.zone, record, aws)

/** As `SetIdentifier weight → target`. */
const seen = async (): Promise<string[]> =>
  (await setsNow()).map(({ SetIdentifier = 'simple', Weight, TTL, ResourceRecords }) => {
    const [value = ''] = (ResourceRecords ?? []).map(({ Value = '' }) => Value.split('-')[1] ?? '')
    return [SetIdentifier.split('/').at(-1), Weight, `${TTL} s`, value].filter((part) => part !== undefined).join(' ')
  })

/** What a run of this stage would leave. */
async function standing(stage: Stage): Promise<void> {
  const changes = [
    ...(await setsNow()).map((set) => ({ Action: 'DELETE' as const, ResourceRecordSet: set })),
    ...recordsOf(site, stage).map((one) => ({ Action: 'CREATE' as const, ResourceRecordSet: recordSetOf(site, one) })),
  ]
  await changeRecordSets(site.config.zone, changes, aws)
}

const outputsOf = (stage: Stage): WorkloadOutputs => {
  const { outputs, targetGroups, testRoute } = plan(site, stage)
  return { ...outputs, targetGroups, testRoute }
}

const writes = (): number => wire.calls.count({ operation: 'ChangeResourceRecordSets' })

const [twice, byItself] = parts(cnameSite, stages.retired, stages.soaking) as [Stage, Stage]
const [blueByItself] = parts(cnameSite, stages.restored, stages.prepared) as [Stage]

beforeEach(async () => {
  await standing(stages.adopted)
  wire.calls.clear()
})

describe('the flip', () => {
  it('sets a split by one batch, and home likewise', async () => {
    await standing(stages.prepared)
    wire.calls.clear()
    await flip(site, outputsOf(stages.prepared), splitFor(37), aws)
    expect(await seen()).toEqual(['blue 63 60 s blue', 'green 37 60 s green'])
    await flip(site, outputsOf(stages.prepared), home, aws)
    expect(await seen()).toEqual(['blue 100 60 s blue', 'green 0 60 s green'])
    expect(writes()).toBe(2)
  })

  it('sets home as found where green has no record', async () => {
    await flip(site, null, home, aws)
    expect(await seen()).toEqual(['simple 300 s blue'])
    expect(writes()).toBe(1)
  })

  it.each([
    ['simple, and to green', stages.retired],
    ['weighted twice to green', twice],
    ['weighted once to green', byItself],
    ['as found', stages.adopted],
  ])('comes home from a name that is %s', async (_what, stage) => {
    await standing(stage)
    await flip(site, outputsOf(stages.retired), home, aws)
    expect(await observeSplit(site, null, aws)).toEqual(home)
    expect((await seen())[0]).toBe('blue 100 60 s blue')
  })

  it('comes home to a simple record from one that is weighted already', async () => {
    await standing(stages.prepared)
    await flip(site, null, home, aws)
    expect(await seen()).toEqual(['simple 300 s blue'])
  })

  it('never goes forward without a record of green, nor where the batch does not fit', async () => {
    await expect(flip(site, null, moved, aws)).rejects.toThrow('api has no record for green')
    await expect(flip(site, outputsOf(stages.prepared), moved, aws)).rejects.toThrow('cannot be created')
    expect(await seen()).toEqual(['simple 300 s blue'])
  })
})

describe('taking over what a run has left', () => {
  it.each([
    ['as found, for the program that weighs', stages.adopted, stages.prepared, ['blue 100 60 s blue']],
    ['as found, for the way back', stages.adopted, blueByItself, ['blue 100 60 s blue']],
    ['weighted, for the program of what was found', blueByItself, stages.restored, ['simple 300 s blue']],
    ['side by side, for the program of what was found', stages.prepared, stages.restored, ['simple 300 s blue']],
    ['simple and to green, for another try at retiring', stages.retired, twice, ['blue 100 60 s green']],
    ['weighted, and to green, for the end of it', byItself, stages.retired, ['simple 300 s green']],
  ])('gives the record its identifier: %s', async (_what, left, stage, expected) => {
    await standing(left)
    wire.calls.clear()
    await takeOver(site, stage, aws)
    expect(await seen()).toEqual(expected)
    expect(writes()).toBe(1)
  })

  it.each([
    ['it is known by it', stages.prepared, stages.prepared],
    ['that would move traffic', stages.retired, stages.prepared],
    ['it would have no weight', stages.retired, stages.soaking],
  ])('writes nothing where %s', async (_what, left, stage) => {
    await standing(left)
    wire.calls.clear()
    await takeOver(site, stage, aws)
    expect(writes()).toBe(0)
  })
})

describe('an orphan', () => {
  const resource = { type: 'aws:route53/record:Record', name: 'green-record' }

  it('is the record of our identifier without a weight', async () => {
    expect(await removeOrphan(site, resource, aws)).toBeNull()
    await standing(stages.prepared)
    expect(await removeOrphan(site, resource, aws)).toBe('eks-cutover/prod-2026/api/green')
    expect(await seen()).toEqual(['blue 100 60 s blue'])
  })

  it('is none when it has traffic', async () => {
    await standing(stages.shifting(1))
    await expect(removeOrphan(site, resource, aws)).rejects.toThrow('has traffic; nothing was deleted')
    expect(await seen()).toHaveLength(2)
  })
})

describe('the switch point', () => {
  const strange = { Name: record, Type: 'CNAME' as const, TTL: 60, SetIdentifier: 'theirs', Weight: 0 }

  it('keeps what is not of our making apart, and reads no split from what leads elsewhere', async () => {
    await standing(stages.prepared)
    const { rest } = await observeSwitchPoint(site, aws)
    const set = { ...strange, ResourceRecords: [{ Value: 'elsewhere.example' }] }
    await changeRecordSets(site.config.zone, [{ Action: 'CREATE', ResourceRecordSet: set }], aws)
    const now = await observeSwitchPoint(site, aws)
    expect(now.traffic).toHaveLength(2)
    expect(rest).toMatchObject({ others: [] })
    expect(now.rest).toMatchObject({ others: [{ SetIdentifier: 'theirs' }] })
    expect(await observeSplit(site, null, aws)).toBeNull()
  })

  it('that is gone is an error', async () => {
    const changes = (await setsNow()).map((set) => ({ Action: 'DELETE' as const, ResourceRecordSet: set }))
    await changeRecordSets(site.config.zone, changes, aws)
    await expect(observeSwitchPoint(site, aws)).rejects.toThrow('has no record in')
  })
})

it("blue's counters are nobody's where other names led to its load balancer", async () => {
  const sharedBy = ['a.example.internal', 'b.example.internal', 'c.example.internal', 'd.example.internal']
  const shared = { ...site, found: { ...site.found, sharedBy } }
  const window = { from: new Date(Date.now() - 60_000), to: new Date() }
  expect(await observeBlueTraffic(shared, window, aws)).toEqual({
    none: "a.example.internal, b.example.internal, c.example.internal and 1 more led to blue's load balancer as well when this was found",
  })
  await expect(observeBlueTraffic(site, window, aws)).rejects.toThrow('CloudWatch has no HealthyHostCount')
})
