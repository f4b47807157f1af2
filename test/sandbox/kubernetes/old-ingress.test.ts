import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasKubectl, kubectlFor, startTestCluster, type Kubectl, type TestCluster } from './fixture.ts'

const clusters: Partial<Record<string, TestCluster>> = {}
beforeAll(async () => {
  for (const version of ['1.21', '1.24']) clusters[version] = await startTestCluster({ version })
})
afterAll(async () => {
  for (const it of Object.values(clusters)) await it?.stop()
})

const on = (version: string): TestCluster => {
  const it = clusters[version]
  if (!it) throw new Error(`no cluster of ${version}`)
  return it
}
const path = (group: string, version: string) => `/apis/${group}/${version}/namespaces/default/ingresses`
const old = path('networking.k8s.io', 'v1beta1')
const oldest = path('extensions', 'v1beta1')
const current = path('networking.k8s.io', 'v1')

const oldSpec = {
  backend: { serviceName: 'fallback', servicePort: 'http' },
  rules: [
    { host: 'shop.example', http: { paths: [{ path: '/', backend: { serviceName: 'search', servicePort: 80 } }] } },
  ],
}
const newSpec = {
  defaultBackend: { service: { name: 'fallback', port: { name: 'http' } } },
  rules: [
    {
      host: 'shop.example',
      http: {
        paths: [
          {
            path: '/',
            pathType: 'ImplementationSpecific',
            backend: { service: { name: 'search', port: { number: 80 } } },
          },
        ],
      },
    },
  ],
}

describe('an Ingress of v1beta1', () => {
  test('is served by 1.21, in two groups, and is the same object in each', async () => {
    const { call } = on('1.21')
    const made = await call('POST', old, { body: { metadata: { name: 'shop' }, spec: oldSpec } })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ apiVersion: 'networking.k8s.io/v1beta1', kind: 'Ingress' })
    expect(made.body.spec.backend).toEqual(oldSpec.backend)
    expect(made.headers['warning']).toContain('networking.k8s.io/v1beta1 Ingress is deprecated in v1.19+')
    const now = await call('GET', `${current}/shop`)
    expect(now.body).toMatchObject({ apiVersion: 'networking.k8s.io/v1', spec: newSpec })
    expect(now.headers).not.toHaveProperty('warning')
    const { body } = await call('GET', `${oldest}/shop`)
    expect(body).toMatchObject({ apiVersion: 'extensions/v1beta1', metadata: { uid: now.body.metadata.uid } })
    expect((await call('GET', old)).body.items).toMatchObject([{ spec: oldSpec }])
  })

  test('is patched, replaced and applied in its own form', async () => {
    const { call } = on('1.21')
    const type = 'application/json-patch+json'
    const patch = [{ op: 'replace', path: '/spec/backend/serviceName', value: 'other' }]
    expect((await call('PATCH', `${old}/shop`, { type, body: patch })).body.spec.backend.serviceName).toBe('other')
    const { body } = await call('GET', `${old}/shop`)
    const replaced = { ...body, spec: { ...oldSpec, ingressClassName: 'nginx' } }
    expect(
      (await call('PUT', `${oldest}/shop`, { body: { ...replaced, apiVersion: 'extensions/v1beta1' } })).status,
    ).toBe(200)
    const apply = {
      apiVersion: 'networking.k8s.io/v1beta1',
      kind: 'Ingress',
      metadata: { name: 'shop' },
      spec: oldSpec,
    }
    const applied = await call('PATCH', `${old}/shop?fieldManager=team&force=true`, {
      type: 'application/apply-patch+yaml',
      body: apply,
    })
    expect(applied.status).toBe(200)
    const { spec } = (await call('GET', `${current}/shop`)).body
    expect(spec).toMatchObject({ ...newSpec, ingressClassName: 'nginx' })
  })

  test('is unknown to 1.24', async () => {
    const { call } = on('1.24')
    expect((await call('GET', old)).status).toBe(404)
    expect((await call('GET', oldest)).body).toBe('404 page not found\n')
    const groups = (await call('GET', '/apis')).body.groups.map(({ name }: any) => name)
    expect(groups).not.toContain('extensions')
  })

  describe.skipIf(!hasKubectl)('with kubectl', () => {
    let kubectl: Kubectl
    beforeAll(async () => {
      kubectl = await kubectlFor(on('1.21').cluster)
    })
    afterAll(() => kubectl.remove())

    test('is listed once, explained and applied as an old manifest', async () => {
      expect((await kubectl.run('api-versions')).split('\n')).toEqual(
        expect.arrayContaining(['extensions/v1beta1', 'networking.k8s.io/v1', 'networking.k8s.io/v1beta1']),
      )
      expect((await kubectl.run('get ing -o name')).trim()).toBe('ingress.networking.k8s.io/shop')
      const manifest = JSON.stringify({
        apiVersion: 'networking.k8s.io/v1beta1',
        kind: 'Ingress',
        metadata: { name: 'old' },
        spec: { backend: oldSpec.backend, rules: [{ host: 'old.example' }] },
      })
      expect(await kubectl.run('apply -f -', manifest)).toContain('ingress.networking.k8s.io/old created')
      expect(await kubectl.run('apply -f -', manifest)).toContain('unchanged')
      expect(await kubectl.run('get ingress.v1beta1.networking.k8s.io old -o yaml')).toContain('serviceName: fallback')
    })
  })
})
