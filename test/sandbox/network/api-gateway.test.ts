import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addShop,
  callApi,
  clustersOf,
  deploy,
  modifyListener,
  patch,
  rest,
  settlesOn,
  startBehind,
  updateStage,
  type Behind,
} from '../apigateway/fixture.ts'
import { forwardTo } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, until } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let behind: Behind

beforeEach(async () => {
  behind = await startBehind({ weightedNetworkListeners: true })
})

afterEach(() => behind.stop())

const toPort = (port: number) => `http://${behind.dns}:${port}/shop/{proxy}`

describe('what the backend gets', () => {
  test('the request, with the path, the query and the host of the integration', async () => {
    const { restApiId } = await addShop(behind, 'http://shop.internal.example:80/v1/{proxy}?from=api')
    const { status, json, headers } = await callApi(behind, restApiId, {
      path: '/prod/shop/cart/items?page=2',
      method: 'POST',
      headers: { 'x-team': 'shop' },
      body: 'two socks',
    })
    expect(status).toBe(200)
    expect(json.seen).toMatchObject({ method: 'POST', url: '/v1/cart/items?from=api&page=2', body: 'two socks' })
    expect(json.seen.headers).toMatchObject({
      host: 'shop.internal.example',
      'x-team': 'shop',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-amzn-apigateway-api-id': restApiId,
      'user-agent': `AmazonAPIGateway_${restApiId}`,
    })
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('the way to the other cluster', () => {
  test('the port in the URI: the working API serves nobody until it is deployed and the stage moved', async () => {
    const shop = await addShop(behind, toPort(80))
    const at = { restApiId: shop.restApiId, resourceId: shop.resourceId, httpMethod: 'ANY' }
    await rest(behind.world, 'UpdateIntegration', {
      ...at,
      patchOperations: [patch('replace', '/uri', toPort(8081))],
    })
    const { id } = await deploy(behind, shop.restApiId)
    expect(await clustersOf(behind, shop.restApiId, 10)).toEqual({ blue: 10 })
    await updateStage(behind, shop, patch('replace', '/deploymentId', id))
    await settlesOn(behind, shop.restApiId, 'green')
    await updateStage(behind, shop, patch('replace', '/deploymentId', shop.deploymentId))
    await settlesOn(behind, shop.restApiId, 'blue')
  })

  test('a stage variable, which acts without a deployment, and not everywhere at once', async () => {
    const uri = 'http://${stageVariables.backend}/shop/{proxy}'
    const shop = await addShop(behind, uri, { variables: { backend: `${behind.dns}:80` } })
    await settlesOn(behind, shop.restApiId, 'blue')
    await updateStage(behind, shop, patch('replace', '/variables/backend', `${behind.dns}:8081`))
    expect((await callApi(behind, shop.restApiId)).json.cluster).toBe('blue')
    const seen: string[] = []
    await until('it has arrived everywhere', async () => {
      seen.push((await callApi(behind, shop.restApiId)).json.cluster)
      return seen.slice(-4).join() === 'green,green,green,green'
    })
    await settlesOn(behind, shop.restApiId, 'green')
  })

  test('a canary with a variable of its own gets its share of requests, exactly', async () => {
    const uri = 'http://${stageVariables.backend}/shop/{proxy}'
    const shop = await addShop(behind, uri, { variables: { backend: `${behind.dns}:80` } })
    const canary = (percent: string) =>
      updateStage(
        behind,
        shop,
        patch('replace', '/canarySettings/deploymentId', shop.deploymentId),
        patch('replace', '/canarySettings/stageVariableOverrides/backend', `${behind.dns}:8081`),
        patch('replace', '/canarySettings/percentTraffic', percent),
      )
    await canary('100')
    await settlesOn(behind, shop.restApiId, 'green')
    await canary('25.0')
    await until('blue is back', async () => (await clustersOf(behind, shop.restApiId, 4)).blue === 3)
    expect(await clustersOf(behind, shop.restApiId, 100)).toEqual({ blue: 75, green: 25 })
    await updateStage(behind, shop, patch('remove', '/canarySettings'))
    await settlesOn(behind, shop.restApiId, 'blue')
  })

  test('weights of the listener, which connections that are kept do not follow at once', async () => {
    const shop = await addShop(behind, toPort(80))
    await modifyListener(behind.world, behind.listeners.green, forwardTo([behind.green, 1]))
    await modifyListener(behind.world, behind.listeners.blue, forwardTo([behind.blue, 0], [behind.green, 100]))
    expect((await callApi(behind, shop.restApiId)).json.cluster).toBe('blue')
    await settlesOn(behind, shop.restApiId, 'green')
  })
})

describe('trouble', () => {
  const own = async (apiId: string, path?: string) => {
    const { status, json, headers } = await callApi(behind, apiId, { path })
    return [status, json.message, headers['x-amzn-errortype']]
  }

  test('an unknown API or stage is forbidden, an unknown path misses a token', async () => {
    const { restApiId } = await addShop(behind, toPort(80))
    expect(await own('abcdefghij')).toEqual([403, 'Forbidden', 'ForbiddenException'])
    expect(await own(restApiId, '/test/shop/list')).toEqual([403, 'Forbidden', 'ForbiddenException'])
    const missing = [403, 'Missing Authentication Token', 'MissingAuthenticationTokenException']
    expect(await own(restApiId, '/prod/stock')).toEqual(missing)
    expect(await own(restApiId, '/prod/shop')).toEqual(missing)
  })

  test('a port without a listener, and a load balancer without targets: a network error', async () => {
    const { restApiId } = await addShop(behind, toPort(80))
    await behind.bluePod.kill()
    const error = [504, 'Network error communicating with endpoint', 'GatewayTimeoutException']
    expect(await own(restApiId)).toEqual(error)
    const uri = 'http://${stageVariables.backend}/shop/{proxy}'
    const other = await addShop(behind, uri, { variables: { backend: `${behind.dns}:8081` } })
    await updateStage(behind, other, patch('replace', '/variables/backend', `${behind.dns}:9999`))
    await settlesOn(behind, other.restApiId, '504')
    expect(await own(other.restApiId)).toEqual(error)
  })

  test('a backend that says nothing: a time-out; one that speaks no HTTP: a bad gateway', async () => {
    const slow = await behind.startPod('10.0.1.7', {
      handler: (request, response) => {
        if (request.url === '/shop/list') response.end('{}')
        if (request.url === '/shop/garbage') request.socket.end('no such thing')
      },
    })
    const group = await addGroupOf(behind, 'slow', [slow.ip], { Protocol: 'TCP' })
    await modifyListener(behind.world, behind.listeners.blue, forwardTo([group, 1]))
    await allHealthy(behind, group)
    const { restApiId } = await addShop(behind, toPort(80))
    expect(await own(restApiId, '/prod/shop/silence')).toEqual([
      504,
      'Endpoint request timed out',
      'GatewayTimeoutException',
    ])
    expect((await own(restApiId, '/prod/shop/garbage')).slice(0, 2)).toEqual([502, 'Internal server error'])
  })
})
