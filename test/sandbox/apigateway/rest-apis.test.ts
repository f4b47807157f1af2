import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { addShop, deploy, patch, refusalOf, rest, startBehind, updateStage, type Behind, type Shop } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let behind: Behind
let shop: Shop
let at: object

beforeEach(async () => {
  behind = await startBehind()
  shop = await addShop(behind, `http://${behind.dns}:80/{proxy}`)
  at = { restApiId: shop.restApiId, resourceId: shop.resourceId, httpMethod: 'ANY' }
})

afterEach(() => behind.stop())

const call = (name: string, input: object) => rest(behind.world, name, input)

test('a deployment is a snapshot: later changes of the working API do not reach it', async () => {
  await call('UpdateIntegration', { ...at, patchOperations: [patch('replace', '/uri', 'http://elsewhere:8081/')] })
  const wanted = { restApiId: shop.restApiId, stageName: 'prod', exportType: 'oas30' }
  const uri = async () => {
    const { body } = await call('GetExport', { ...wanted, parameters: { extensions: 'integrations' } })
    const { paths } = JSON.parse(Buffer.from(body).toString())
    return paths['/shop/{proxy+}']['x-amazon-apigateway-any-method']['x-amazon-apigateway-integration'].uri
  }
  expect(await uri()).toBe(`http://${behind.dns}:80/{proxy}`)
  await deploy(behind, shop.restApiId, { stageName: 'prod' })
  expect(await uri()).toBe('http://elsewhere:8081/')
})

test('deployments are made one every five seconds', async () => {
  const world = createWorld({ region: 'ap-northeast-2', accountId: '123456789012', clock: new Clock() })
  const { id: restApiId, rootResourceId: resourceId } = await rest(world, 'CreateRestApi', { name: 'shop' })
  const root = { restApiId, resourceId, httpMethod: 'GET' }
  await rest(world, 'PutMethod', { ...root, authorizationType: 'NONE' })
  await rest(world, 'PutIntegration', { ...root, type: 'MOCK' })
  await rest(world, 'CreateDeployment', { restApiId })
  expect(await refusalOf(rest(world, 'CreateDeployment', { restApiId }))).toBe(
    'TooManyRequestsException: Too Many Requests',
  )
})

test('a deployment waits for its VPC link', async () => {
  const { id: connectionId } = await call('CreateVpcLink', { name: 'second', targetArns: [behind.net] })
  await call('UpdateIntegration', { ...at, patchOperations: [patch('replace', '/connectionId', connectionId)] })
  await deploy(behind, shop.restApiId)
  expect(await call('GetVpcLink', { vpcLinkId: connectionId })).toMatchObject({ status: 'AVAILABLE' })
})

test('a VPC link to anything but a network load balancer fails', async () => {
  const { id } = await call('CreateVpcLink', { name: 'alb', targetArns: [behind.loadBalancer] })
  await vi.waitFor(
    async () => expect(await call('GetVpcLink', { vpcLinkId: id })).toMatchObject({ status: 'FAILED' }),
    {
      timeout: 5000,
    },
  )
  await call('UpdateIntegration', { ...at, patchOperations: [patch('replace', '/connectionId', id)] })
  expect(await refusalOf(deploy(behind, shop.restApiId))).toMatch(/^BadRequestException: .*FAILED/)
})

test('a patch is all or nothing', async () => {
  const bad = updateStage(
    behind,
    shop,
    patch('replace', '/variables/a', '1'),
    patch('replace', '/canarySettings/percentTraffic', '-1'),
  )
  expect(await refusalOf(bad)).toMatch(/^BadRequestException: .*percentTraffic/)
  expect(await call('GetStage', { restApiId: shop.restApiId, stageName: 'prod' })).not.toHaveProperty('variables')
  expect(await refusalOf(updateStage(behind, shop, patch('replace', '/deploymentId', 'nobody')))).toBe(
    'NotFoundException: Invalid Deployment identifier specified',
  )
})

test('a canary is promoted by copying it', async () => {
  const { id } = await deploy(behind, shop.restApiId, {
    stageName: 'prod',
    canarySettings: { percentTraffic: 10, stageVariableOverrides: { a: '1' } },
  })
  const stage = await updateStage(
    behind,
    shop,
    { op: 'copy', path: '/deploymentId', from: '/canarySettings/deploymentId' },
    { op: 'copy', path: '/variables', from: '/canarySettings/stageVariableOverrides' },
    patch('remove', '/canarySettings'),
  )
  expect(stage).toMatchObject({ deploymentId: id, variables: { a: '1' } })
  expect(stage).not.toHaveProperty('canarySettings')
})

test.each([
  ['http://host:81/', 'Invalid HTTP endpoint specified for URI'],
  ['ftp://host/', 'Invalid HTTP endpoint specified for URI'],
])('the URI %s is refused', async (uri, words) => {
  const change = call('UpdateIntegration', { ...at, patchOperations: [patch('replace', '/uri', uri)] })
  expect(await refusalOf(change)).toBe(`BadRequestException: ${words}`)
})

test('what is there twice is a conflict', async () => {
  const { restApiId, deploymentId } = shop
  expect(await refusalOf(call('CreateStage', { restApiId, stageName: 'prod', deploymentId }))).toBe(
    'ConflictException: Stage already exists',
  )
  expect(await refusalOf(call('PutMethod', { ...at, authorizationType: 'NONE' }))).toBe(
    'ConflictException: Method already exists for this resource',
  )
})
