import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../network/fixture.ts'
import { callApi, http, refusalOf, settlesOn, startBehind, type Behind } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let behind: Behind
let ApiId: string
let IntegrationId: string

const call = (name: string, input: object) => http(behind.world, name, { ApiId, ...input })

beforeEach(async () => {
  behind = await startBehind()
  const { VpcLinkId } = await call('CreateVpcLink', { Name: 'link', SubnetIds: behind.subnets })
  await until('the VPC link is there', async () => {
    return (await call('GetVpcLink', { VpcLinkId })).VpcLinkStatus === 'AVAILABLE'
  })
  ApiId = (await call('CreateApi', { Name: 'shop', ProtocolType: 'HTTP' })).ApiId
  const integration = {
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'ANY',
    IntegrationUri: behind.listeners.blue,
    ConnectionType: 'VPC_LINK',
    ConnectionId: VpcLinkId,
  }
  IntegrationId = (await call('CreateIntegration', integration)).IntegrationId
  await call('CreateRoute', { RouteKey: 'ANY /shop/{proxy+}', Target: `integrations/${IntegrationId}` })
})

afterEach(() => behind.stop())

const toGreen = () => call('UpdateIntegration', { IntegrationId, IntegrationUri: behind.listeners.green })
const inDefault = { path: '/shop/list' }

test('a stage that deploys by itself follows a change of the listener', async () => {
  const { DeploymentId } = await call('CreateStage', { StageName: '$default', AutoDeploy: true })
  await behind.network.settled()
  await settlesOn(behind, ApiId, 'blue', inDefault)
  await toGreen()
  await settlesOn(behind, ApiId, 'green', inDefault)
  const stage = await call('GetStage', { StageName: '$default' })
  expect(stage.DeploymentId).not.toBe(DeploymentId)
  expect(stage.LastDeploymentStatusMessage).toContain(stage.DeploymentId)
})

test('any other stage serves its deployment until it is moved', async () => {
  const { DeploymentId } = await call('CreateDeployment', {})
  await call('CreateStage', { StageName: 'prod', DeploymentId })
  await behind.network.settled()
  await settlesOn(behind, ApiId, 'blue')
  await toGreen()
  const next = await call('CreateDeployment', {})
  await call('UpdateStage', { StageName: 'prod', DeploymentId: next.DeploymentId })
  await settlesOn(behind, ApiId, 'green')
  await call('UpdateStage', { StageName: 'prod', DeploymentId })
  await settlesOn(behind, ApiId, 'blue')
  expect(await refusalOf(call('DeleteDeployment', { DeploymentId }))).toBe(
    'BadRequestException: Active stages pointing to this deployment must be moved or deleted',
  )
})

test('the backend sees the stage in the path, unless it is overwritten', async () => {
  await call('CreateStage', { StageName: 'prod', AutoDeploy: true })
  await behind.network.settled()
  await settlesOn(behind, ApiId, 'blue')
  const url = async () => (await callApi(behind, ApiId, { path: '/prod/shop/list?page=2' })).json.seen.url
  expect(await url()).toBe('/prod/shop/list?page=2')
  await call('UpdateIntegration', { IntegrationId, RequestParameters: { 'overwrite:path': '/v1/$request.path.proxy' } })
  await until('it is overwritten', async () => (await url()) === '/v1/list?page=2')
})

test('what has no route is not found, and what cannot be reached is unavailable', async () => {
  await call('CreateStage', { StageName: '$default', AutoDeploy: true })
  await behind.network.settled()
  await settlesOn(behind, ApiId, 'blue', inDefault)
  const other = await callApi(behind, ApiId, { path: '/stock' })
  expect([other.status, other.json]).toEqual([404, { message: 'Not Found' }])
  await behind.bluePod.kill()
  const dead = await callApi(behind, ApiId, inDefault)
  expect([dead.status, dead.json]).toEqual([503, { message: 'Service Unavailable' }])
})

test('is refused in AWS’s words', async () => {
  expect(await refusalOf(call('DeleteIntegration', { IntegrationId }))).toMatch(
    /^ConflictException: Cannot delete Integration '\w+' because it is referenced by Route 'ANY \/shop\/\{proxy\+\}'/,
  )
  expect(await refusalOf(call('CreateRoute', { RouteKey: 'shop' }))).toMatch(/^BadRequestException: .*'<HTTP METHOD>/)
  expect(await refusalOf(call('CreateRoute', { RouteKey: 'ANY /shop/{proxy+}' }))).toMatch(/^ConflictException/)
  expect(await refusalOf(call('GetStage', { StageName: 'x' }))).toBe('NotFoundException: Unable to find Stage by ID x')
  const { DeploymentId } = await call('CreateDeployment', {})
  expect(await refusalOf(call('CreateStage', { StageName: 'prod', DeploymentId, AutoDeploy: true }))).toBe(
    'BadRequestException: Cannot associate a Deployment with a Stage that has AutoDeploy enabled',
  )
})

test('an export says what a stage serves, or what the working API is', async () => {
  const { DeploymentId } = await call('CreateDeployment', {})
  await call('CreateStage', { StageName: 'prod', DeploymentId })
  await toGreen()
  const exported = async (more: object) => {
    const { body } = await call('ExportApi', { Specification: 'OAS30', OutputType: 'JSON', ...more })
    const { paths } = JSON.parse(Buffer.from(body).toString())
    return paths['/shop/{proxy+}']['x-amazon-apigateway-any-method']['x-amazon-apigateway-integration']?.uri
  }
  expect(await exported({ StageName: 'prod' })).toBe(behind.listeners.blue)
  expect(await exported({})).toBe(behind.listeners.green)
  expect(await exported({ IncludeExtensions: false })).toBeUndefined()
  expect(await refusalOf(exported({ Specification: 'OAS20' }))).toBe('BadRequestException: Specification must be OAS30')
})
