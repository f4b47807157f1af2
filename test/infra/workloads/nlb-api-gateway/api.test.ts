import { describe, expect, it } from 'vitest'
import {
  operationsIn,
  undeployed,
  type ApiOperation,
} from '../../../../infra/workloads/nlb-api-gateway/gateway/operations.ts'
import { atPort, filled, portOf, reading } from '../../../../infra/workloads/nlb-api-gateway/gateway/uri.ts'
import { backendsIn, variableFor } from '../../../../infra/workloads/nlb-api-gateway/backends.ts'
import { descriptionOf, ourDeployment } from '../../../../infra/workloads/nlb-api-gateway/deployments.ts'
import { matched, testRouteOf } from '../../../../infra/workloads/nlb-api-gateway/test-route.ts'
import { httpSite, restSite, variableSite } from './fixture.ts'

describe('the URI of a private integration', () => {
  it.each([
    ['http://net.example:8081/shop', 8081],
    ['http://net.example/shop', 80],
    ['https://net.example?x=1', 443],
    ['http://${stageVariables.backend}/shop', null],
    ['http://net.example:${stageVariables.port}/shop', null],
    ['arn:aws:lambda:x', null],
  ])('%s is at port %s', (uri, port) => expect(portOf(uri)).toBe(port))

  it('keeps its host and path at another port', () => {
    expect(atPort('http://net.example:8081/v1/{proxy}?a=b', 9081)).toBe('http://net.example:9081/v1/{proxy}?a=b')
    expect(atPort('https://net.example', 9081)).toBe('https://net.example:9081')
  })

  it('reads its backend from a variable, and says the same with it filled in', () => {
    const literal = 'http://net.example:8081/v1/{proxy}'
    expect(reading(literal, 'backend')).toBe('http://${stageVariables.backend}/v1/{proxy}')
    expect(filled(reading(literal, 'backend'), { backend: 'net.example:8081' })).toBe(literal)
  })
})

describe('the stage variable', () => {
  const literal = [{ uri: 'http://net:8081/a' }, { uri: 'http://net:8081/b' }]

  it('holds the host and the port of literal URIs', () => {
    expect(variableFor(literal, 'backend', {}, 9081)).toEqual({
      name: 'backend',
      blue: 'net:8081',
      green: 'net:9081',
      converts: true,
    })
  })

  it('may hold a port alone, or a host without one', () => {
    const of = (uri: string, value: string) => variableFor([{ uri }], 'it', { it: value }, 9081)
    expect(of('http://net:${stageVariables.it}/a', '8081')).toMatchObject({ green: '9081', converts: false })
    expect(of('http://${stageVariables.it}/a', 'net')).toMatchObject({ blue: 'net', green: 'net:9081' })
  })

  it('holds one backend', () => {
    expect([...backendsIn([...literal, { uri: 'http://other:8081/c' }], 'backend', {})]).toHaveLength(2)
  })
})

describe('what a deployment would ship', () => {
  const operation = (uri: string, rest = {}): ApiOperation => ({ uri, connection: 'link01', rest })
  const served = new Map([
    ['GET /a', operation('http://net:8081/a')],
    ['GET /b', operation('http://net:8081/b')],
  ])
  const plain = (_key: string, uri: string) => uri

  it('is nothing where both say the same', () => {
    expect(undeployed(new Map(served), served, plain)).toEqual([])
  })

  it('is what was added, changed and taken away', () => {
    const working = new Map([
      ['GET /b', operation('http://net:8081/b', { timeoutInMillis: 500 })],
      ['POST /c', operation('http://net:8081/c')],
    ])
    expect(undeployed(working, served, plain)).toEqual(['GET /a', 'GET /b', 'POST /c'])
  })

  it("is not the side that the workload's own operations lead to", () => {
    const working = new Map([...served, ['GET /a', operation('http://net:9081/a')]])
    expect(undeployed(working, served, (key, uri) => (key === 'GET /a' ? 'ours' : uri))).toEqual([])
  })

  it('reads exports of both kinds of APIs', () => {
    const integration = { type: 'http_proxy', uri: 'u', connectionType: 'VPC_LINK', connectionId: 'link01' }
    const method = { 'x-amazon-apigateway-integration': integration }
    const text = JSON.stringify({
      paths: {
        '/a': { get: method, parameters: [] },
        '/$default': { 'x-amazon-apigateway-any-method': method },
        '/b': { 'x-amazon-apigateway-any-method': {} },
      },
    })
    const operations = operationsIn(text, 29_000)
    expect([...operations.keys()]).toEqual(['GET /a', '$default', 'ANY /b'])
    expect(operations.get('GET /a')).toEqual({ uri: 'u', connection: 'link01', rest: { type: 'http_proxy' } })
    expect(() => operationsIn('{}', 29_000)).toThrow(/no paths/)
  })
})

describe('a deployment of ours', () => {
  it('is known by its description, and which one to return to', () => {
    const description = descriptionOf(restSite, 'green', 'dep001')
    expect(ourDeployment(restSite, description)).toEqual({ role: 'green', home: 'dep001' })
    expect(ourDeployment({ ...restSite, workload: 'len' }, description)).toBeNull()
    expect(ourDeployment(restSite, 'release 17')).toBeNull()
  })
})

describe('the test route', () => {
  const host = restSite.found.loadBalancer.dnsName

  it("is green's listener, asked as API Gateway would", () => {
    expect(testRouteOf(restSite)).toEqual({
      headers: { host: `${host}:9081` },
      connect: { host, port: 9081, protocol: 'http' },
      path: { from: '/prod/products', to: '/products' },
    })
  })

  it('fills in what a path has in its place', () => {
    const url = 'https://a1b2c3.execute-api.eu-central-1.amazonaws.com/prod/shop/cart/items'
    const site = { ...restSite, config: { ...restSite.config, probe: { url } } }
    expect(testRouteOf(site)).toMatchObject({ path: { from: '/prod/shop/cart/items', to: '/v1/cart/items' } })
    expect(matched('/shop/{id}', '/shop/7')).toEqual({ id: '7' })
    expect(matched('/shop/{id}', '/shop/7/8')).toBeNull()
    expect(matched('/shop/{proxy+}', '/shop')).toBeNull()
  })

  it('is a stage of its own where a variable tells the sides apart', () => {
    expect(testRouteOf(variableSite(true))).toEqual({ path: { from: '/prod', to: '/prod-green' } })
  })

  it("of an HTTP API is green's listener with the path as it is", () => {
    expect(testRouteOf(httpSite(true))).toEqual({ connect: { host, port: 9081, protocol: 'http' } })
  })

  it('is none where the probe does not name the stage, or where it is not the workload that is asked', () => {
    const asking = (url: string) => ({ ...restSite, config: { ...restSite.config, probe: { url } } })
    expect(testRouteOf(asking('https://api.shop.example/products'))).toHaveProperty('none')
    expect(testRouteOf(asking('https://api.shop.example/prod/other'))).toHaveProperty('none')
    const custom = { ...variableSite(true), config: asking('https://api.shop.example/products').config }
    expect(testRouteOf(custom)).toHaveProperty('none')
  })
})
