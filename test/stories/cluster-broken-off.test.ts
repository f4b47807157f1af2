import { DescribeClusterCommand, EKSClient, ListNodegroupsCommand } from '@aws-sdk/client-eks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endProcessesOf } from '../../automation/engine/processes.ts'
import type { Unanswered } from '../../automation/migration.ts'
import { ask, inventoryOf, send, startWithoutGreen } from '../support/green.ts'
import type { TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** An `up` of the cluster takes a quarter of an hour on AWS, so that it will be broken off one day; asked for again it goes on. */
let service: TestService
let eks: EKSClient

beforeAll(async () => {
  service = await startWithoutGreen({ awsWaitSeconds: 36_000 })
  eks = new EKSClient({ endpoint: service.sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '', region: 'eu-central-1' })
  await send(service, 'PUT', '', await inventoryOf(service.sandbox, { loadBalancerController: false }))
}, 120_000)
afterAll(async () => {
  eks.destroy()
  await service.stop()
})

const statusOf = (name = 'omnious-green'): Promise<string | null> =>
  eks.send(new DescribeClusterCommand({ name })).then(
    ({ cluster }) => cluster?.status ?? null,
    () => null,
  )

const nodeGroups = (): Promise<string[]> =>
  eks.send(new ListNodegroupsCommand({ clusterName: 'omnious-green' })).then(
    ({ nodegroups = [] }) => nodegroups,
    () => [],
  )

it('goes on with the cluster that a killed run was making', async () => {
  const { body } = await send(service, 'POST', '/cluster/up')
  await until('EKS makes the cluster', async () => (await statusOf()) === 'CREATING')
  await endProcessesOf(body.id)
  const killed = await service.client.ended(body.id)
  expect(killed).toMatchObject({ state: 'failed', error: { code: 'engine-failed' } })
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'incomplete', outputs: null })

  const second = await send(service, 'POST', '/cluster/up')
  await until('EKS makes the nodes', async () => (await nodeGroups()).length > 0)
  await endProcessesOf(second.body.id)
  expect(await service.client.ended(second.body.id)).toMatchObject({
    state: 'failed',
    error: { code: 'engine-failed' },
  })

  const third = await ask(service, 'up')
  expect(third.error).toBeNull()
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'built', version: { built: '1.24' } })
  expect(await nodeGroups()).toHaveLength(1)
  expect((await ask(service, 'up')).result).toMatchObject({ lines: [] })
}, 180_000)

it('can be cancelled by a person, and taken away from where it was', async () => {
  const first = await ask(service, 'destroy', { confirm: 'omnious-green' })
  expect(first.error).toBeNull()
  const { body } = await send(service, 'POST', '/cluster/up')
  await until('EKS makes the cluster', async () => (await statusOf()) === 'CREATING')
  expect((await send(service, 'POST', '/cluster/up')).body).toMatchObject({ code: 'operation-in-progress' })
  expect((await send(service, 'POST', '/cluster/cancel')).status).toBe(202)
  expect(await service.client.ended(body.id)).toMatchObject({ state: 'cancelled' })

  const destroyed = await ask(service, 'destroy', { confirm: 'omnious-green' })
  expect(destroyed.error).toBeNull()
  expect(await statusOf()).toBeNull()
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'not-built', outputs: null })
}, 180_000)

it('waits while AWS does not answer, says for what and until when, and goes on when it does', async () => {
  const { body } = await send(service, 'POST', '/cluster/up')
  service.sandbox.faults.add({ match: { service: 'eks' }, effect: { drop: true } })
  const unanswered = async () =>
    (await service.client.get<{ unanswered: Unanswered | null }>(`/v1/operations/${body.id}`)).unanswered
  await until('it waits', async () => (await unanswered()) !== null, 60)
  expect(await unanswered()).toMatchObject({ since: expect.any(String) as string, until: expect.any(String) as string })
  service.sandbox.faults.clear()
  expect(await service.client.ended(body.id)).toMatchObject({ state: 'succeeded', unanswered: null, error: null })
  expect((await send(service, 'GET', '/cluster')).body).toMatchObject({ state: 'built' })
}, 180_000)
