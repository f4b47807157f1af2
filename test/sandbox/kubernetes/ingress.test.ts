import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routeOf } from '../../../sandbox/kubernetes/ingress-controller/routes.ts'
import {
  deploy,
  endpointsOf,
  eventually,
  hasKubectl,
  kubectlFor,
  startTestCluster,
  type TestCluster,
} from './fixture.ts'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster({ colour: 'green' })
  const { service } = await it.cluster.installIngressController()
  expect(service).toEqual({ namespace: 'ingress-nginx', name: 'ingress-nginx-controller' })
  for (const name of ['search', 'tagging']) await deploy(it, name)
  await eventually(() => endpointsOf(it, 'ingress-nginx-controller', 'ingress-nginx').length === 2)
})
afterAll(() => it.stop())

const ingresses = '/apis/networking.k8s.io/v1/namespaces/shop/ingresses'

const rule = (host: string | undefined, ...paths: [path: string, pathType: string, service: string][]) => ({
  ...(host && { host }),
  http: {
    paths: paths.map(([path, pathType, name]) => ({
      path,
      pathType,
      backend: { service: { name, port: { name: 'http' } } },
    })),
  },
})

const create = async (name: string, rules: object[], more: object = {}) => {
  const body = { metadata: { name }, spec: { ingressClassName: 'nginx', rules, ...more } }
  const { status } = await it.call('POST', ingresses, { body })
  expect(status).toBe(201)
}
const remove = (name: string) => it.call('DELETE', `${ingresses}/${name}`)

interface Reply {
  status: number
  body: string
}

/** One request to a pod of the controller. */
function ask(
  host: string,
  path = '/',
  { method = 'GET', body = undefined as string | undefined } = {},
): Promise<Reply> {
  const [ip = ''] = endpointsOf(it, 'ingress-nginx-controller', 'ingress-nginx')
  const socket = it.addresses.resolve(ip, 80)
  if (!socket) throw new Error('the controller does not listen')
  return new Promise((resolve, reject) => {
    const sent = request({ ...socket, path, method, agent: false, headers: host ? { host } : {} }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

describe('an Ingress', () => {
  test('sends a host to the pods of its Service, in turn', async () => {
    await create('search', [rule('search.shop.example', ['/', 'Prefix', 'search'])])
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask('search.shop.example', '/any?x=y')))
    const pods = answers.map(({ body }) => JSON.parse(body))
    expect(pods.every(({ workload, cluster }) => workload === 'search' && cluster === 'green')).toBe(true)
    expect(new Set(pods.map(({ pod }) => pod)).size).toBe(2)
    expect(await ask('search.shop.example', '/', { method: 'POST', body: 'text' })).toMatchObject({ status: 200 })
    expect(await ask('other.shop.example')).toMatchObject({ status: 404 })
    await remove('search')
    expect(await ask('search.shop.example')).toMatchObject({ status: 404 })
  })

  test('without ready pods answers 503', async () => {
    await create('gone', [rule('gone.shop.example', ['/', 'Prefix', 'nobody'])])
    expect(await ask('gone.shop.example')).toMatchObject({ status: 503 })
    await remove('gone')
  })

  test('of another class is not looked at', async () => {
    await create('alb', [rule('alb.shop.example', ['/', 'Prefix', 'search'])], { ingressClassName: 'alb' })
    expect(await ask('alb.shop.example')).toMatchObject({ status: 404 })
    await remove('alb')
  })

  test('may have a default backend', async () => {
    const defaultBackend = { service: { name: 'tagging', port: { number: 80 } } }
    await create('rest', [], { defaultBackend })
    expect(JSON.parse((await ask('anything.example')).body)).toMatchObject({ workload: 'tagging' })
    await remove('rest')
  })

  test.each([
    ['a.shop.example', '/shop', 'exact'],
    ['a.shop.example', '/shop/', 'short'],
    ['a.shop.example', '/shop/cart/1', 'long'],
    ['a.shop.example', '/shopping', 'root'],
    ['b.shop.example', '/', 'wildcard'],
    ['deep.b.shop.example', '/', 'anyone'],
  ])('%s%s goes to %s', async (host, path, service) => {
    await create('many', [
      rule(undefined, ['/', 'Prefix', 'anyone']),
      rule('*.shop.example', ['/', 'Prefix', 'wildcard']),
      rule(
        'a.shop.example',
        ['/', 'Prefix', 'root'],
        ['/shop', 'Prefix', 'short'],
        ['/shop/cart', 'ImplementationSpecific', 'long'],
        ['/shop', 'Exact', 'exact'],
      ),
    ])
    expect(routeOf(it.cluster.store, 'nginx', host, path)).toEqual({ namespace: 'shop', name: service, port: 'http' })
    await remove('many')
  })
})

test('the controller answers health checks itself, and is made ill as any workload is', async () => {
  expect(await ask('10.0.64.9', '/healthz')).toMatchObject({ status: 200 })
  await it.cluster.pods.set({ workload: 'ingress-nginx', state: 'erroring' })
  expect(await ask('search.shop.example')).toMatchObject({ status: 500 })
  await it.cluster.pods.clear('ingress-nginx')
})

test.skipIf(!hasKubectl)('kubectl makes and lists them', { timeout: 60_000 }, async () => {
  const kubectl = await kubectlFor(it.cluster)
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'tagging', namespace: 'shop' },
    spec: { ingressClassName: 'nginx', rules: [rule('tagging.shop.example', ['/', 'Prefix', 'tagging'])] },
  }
  await kubectl.run('apply -f -', JSON.stringify(ingress))
  expect(JSON.parse((await ask('tagging.shop.example', '/x')).body)).toMatchObject({ workload: 'tagging' })
  expect(await kubectl.run('get ingress -n shop -o name')).toBe('ingress.networking.k8s.io/tagging\n')
  expect(await kubectl.run('get ingressclass')).toContain('nginx')
  await kubectl.run('delete ingress tagging -n shop')
  await kubectl.remove()
})
