import { Watch } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, openWatch, startTestCluster, type OpenWatch, type TestCluster } from './fixture.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster()
})
afterAll(() => it.stop())

const open: OpenWatch[] = []
afterAll(() => open.forEach((watch) => watch.close()))

async function watch(query: string, accept?: string): Promise<OpenWatch> {
  const opened = await openWatch(it.cluster, `${configMaps}?watch=true&${query}`, accept)
  open.push(opened)
  return opened
}

const merge = (name: string, body: object) =>
  it.call('PATCH', `${configMaps}/${name}`, { body, type: 'application/merge-patch+json' })
const create = (name: string, labels = {}) => it.call('POST', configMaps, { body: { metadata: { name, labels } } })
const seen = ({ events }: OpenWatch) => events.map(({ type, object }) => `${type} ${object.metadata.name}`)

test('without a resourceVersion begins with what there is', async () => {
  await create('first')
  const { events } = await watch('fieldSelector=metadata.name%3Dfirst')
  await eventually(() => events.length === 1)
  await merge('first', { data: { a: 'b' } })
  await it.call('DELETE', `${configMaps}/first`)
  await eventually(() => events.length === 3)
  expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  const versions = events.map(({ object }) => Number(object.metadata.resourceVersion))
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
})

test('from a resourceVersion brings what happened since, and nothing before', async () => {
  const { body } = await create('second')
  await merge('second', { data: { a: '1' } })
  await merge('second', { data: { a: '2' } })
  const opened = await watch(`resourceVersion=${body.metadata.resourceVersion}`)
  await eventually(() => opened.events.length === 2)
  expect(opened.events.map(({ object }) => object.data.a)).toEqual(['1', '2'])
})

test('shows an object that begins to match as added and one that stops as deleted', async () => {
  await create('moving', { colour: 'blue' })
  const green = await watch('labelSelector=colour%3Dgreen')
  const blue = await watch('labelSelector=colour%3Dblue')
  await eventually(() => blue.events.length === 1)
  await merge('moving', { metadata: { labels: { colour: 'green' } } })
  await eventually(() => green.events.length === 1 && blue.events.length === 2)
  expect(seen(green)).toEqual(['ADDED moving'])
  expect(seen(blue)).toEqual(['ADDED moving', 'DELETED moving'])
})

test('ends with 410 when its beginning is forgotten', async () => {
  const { body } = await create('forgotten')
  await merge('forgotten', { data: { a: 'b' } })
  it.cluster.store.compact()
  const { events, ended } = await watch(`resourceVersion=${body.metadata.resourceVersion}`)
  await ended
  expect(events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }])
})

test('ends when its time is over, with a bookmark for who wants one', async () => {
  const { events, ended } = await watch(
    `timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${it.cluster.store.revision}`,
  )
  await ended
  expect(events).toMatchObject([
    {
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: String(it.cluster.store.revision) } },
    },
  ])
})

test('as a table sends the headers once', async () => {
  const { events } = await watch('labelSelector=table', 'application/json;as=Table;v=v1;g=meta.k8s.io')
  await create('row-1', { table: '' })
  await create('row-2', { table: '' })
  await eventually(() => events.length === 2)
  expect(events.map(({ object }) => object.columnDefinitions?.length)).toEqual([3, undefined])
  expect(events.map(({ object }) => object.rows[0].cells[0])).toEqual(['row-1', 'row-2'])
})

test('works for the official client', async () => {
  const names: string[] = []
  const controller = await new Watch(it.config).watch(
    configMaps,
    { labelSelector: 'official' },
    (_type, object: { metadata: { name: string } }) => names.push(object.metadata.name),
    () => undefined,
  )
  await create('official', { official: '' })
  await eventually(() => names.includes('official'))
  controller.abort()
})
