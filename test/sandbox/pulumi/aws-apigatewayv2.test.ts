import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateVpcLinkCommand,
  GetStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useAwsPlugin } from './aws-plugin.ts'

const plugin = useAwsPlugin()
const { provider, written } = plugin

const types = {
  integration: 'aws:apigatewayv2/integration:Integration',
  route: 'aws:apigatewayv2/route:Route',
  deployment: 'aws:apigatewayv2/deployment:Deployment',
  stage: 'aws:apigatewayv2/stage:Stage',
}

let sdk: ApiGatewayV2Client
let apiId: string
let connectionId: string

beforeAll(async () => {
  const { region, accessKey, secretKey } = plugin.cloud.providerOptions
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  sdk = new ApiGatewayV2Client({ region, endpoint: plugin.cloud.wire.url, credentials })
  const link = new CreateVpcLinkCommand({ Name: 'link', SubnetIds: plugin.cloud.subnets })
  connectionId = (await sdk.send(link)).VpcLinkId ?? ''
  apiId = (await sdk.send(new CreateApiCommand({ Name: 'shop', ProtocolType: 'HTTP' }))).ApiId ?? ''
})

afterAll(() => sdk.destroy())

const integration = (integrationUri: string) => ({
  apiId,
  integrationType: 'HTTP_PROXY',
  integrationMethod: 'ANY',
  connectionType: 'VPC_LINK',
  connectionId,
  integrationUri,
})

/** Each test goes on where the one before it ended. */
describe('API Gateway v2', () => {
  let target: string
  let first: string

  test('an integration goes to another listener in place', async () => {
    const client = await provider(types.integration)
    const { listenerArn } = plugin.cloud.made
    const made = await client.make(integration(listenerArn))
    target = `integrations/${made.id}`
    const green = listenerArn.replace(/.$/, (last) => (last === 'e' ? 'f' : 'e'))
    const { inputs } = await client.check(integration(green), made.inputs)
    expect((await client.diff(made.id, made.state, inputs)).detailed).toEqual({ integrationUri: 'update' })
    plugin.cloud.wire.calls.clear()
    const updated = await client.update(made.id, made.state, inputs)
    expect(written()).toEqual(['UpdateIntegration'])
    const update = plugin.cloud.wire.calls.recent().find(({ operation }) => operation === 'UpdateIntegration')
    expect(update?.input).toEqual({
      ApiId: apiId,
      IntegrationId: made.id,
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: green,
    })
    expect(updated).toMatchObject({ integrationUri: green, timeoutMilliseconds: 30_000 })
    const adopted = await client.read(`${apiId}/${made.id}`)
    expect(adopted).toMatchObject({ id: made.id, inputs: { ...integration(green), passthroughBehavior: '' } })
    // what `ignoreChanges: ['*']` hands back is refused
    expect((await client.check(adopted.inputs, adopted.inputs)).failures).toEqual([
      'passthroughBehavior: expected passthrough_behavior to be one of ["WHEN_NO_MATCH" "NEVER" "WHEN_NO_TEMPLATES"], got ',
    ])
    const again = await client.check(integration(green), adopted.inputs)
    expect(again.failures).toEqual([])
    expect(again.inputs).toMatchObject({ passthroughBehavior: 'WHEN_NO_MATCH' })
    expect((await client.diff(made.id, adopted.state, again.inputs)).changes).toBe(false)
  })

  test('a route is adopted by its path', async () => {
    const client = await provider(types.route)
    const made = await client.make({ apiId, routeKey: 'ANY /{proxy+}', target })
    const inputs = { apiId, routeKey: 'ANY /{proxy+}', target }
    expect(await client.read(`${apiId}/${made.id}`)).toMatchObject({ id: made.id, inputs })
    const news = (await client.check({ ...inputs, routeKey: '$default' }, made.inputs)).inputs
    expect(await client.update(made.id, made.state, news)).toMatchObject({ routeKey: '$default' })
  })

  test('a deployment is replaced by its triggers', async () => {
    const client = await provider(types.deployment)
    const made = await client.make({ apiId, triggers: { listener: 'blue' } })
    first = made.id
    const { inputs } = await client.check({ apiId, triggers: { listener: 'green' } }, made.inputs)
    expect((await client.diff(made.id, made.state, inputs)).detailed).toEqual({ 'triggers.listener': 'update-replace' })
    expect(await client.read(`${apiId}/${made.id}`)).toMatchObject({ id: made.id, state: { autoDeployed: false } })
  })

  test('a stage moves to another deployment, is adopted, and keeps its tags', async () => {
    const second = await (await provider(types.deployment)).make({ apiId, description: 'green' })
    const client = await provider(types.stage)
    const stage = { apiId, name: 'prod', deploymentId: first, tags: { team: 'shop' } }
    const made = await client.make(stage)
    expect(made).toMatchObject({ id: 'prod', state: { deploymentId: first, tags: { team: 'shop' } } })
    const { inputs } = await client.check({ ...stage, deploymentId: second.id, tags: { team: 'x' } }, made.inputs)
    plugin.cloud.wire.calls.clear()
    const moved = await client.update(made.id, made.state, inputs)
    expect(written()).toEqual(['TagResource', 'UpdateStage'])
    expect(await sdk.send(new GetStageCommand({ ApiId: apiId, StageName: 'prod' }))).toMatchObject({
      DeploymentId: second.id,
      Tags: { team: 'x' },
    })
    expect((await client.diff(made.id, moved, inputs)).changes).toBe(false)
    const adopted = await client.read(`${apiId}/prod`)
    const again = await client.check(adopted.inputs, adopted.inputs)
    expect(again.failures).toEqual([])
    expect((await client.diff('prod', adopted.state, again.inputs)).changes).toBe(false)
    await client.delete('prod', moved)
    await client.delete('prod', moved)
  })
})
