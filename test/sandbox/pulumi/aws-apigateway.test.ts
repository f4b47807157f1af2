import {
  APIGatewayClient,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetStageCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { CreateLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useAwsPlugin } from './aws-plugin.ts'

const plugin = useAwsPlugin()
const { provider, written } = plugin

const types = {
  link: 'aws:apigateway/vpcLink:VpcLink',
  integration: 'aws:apigateway/integration:Integration',
  deployment: 'aws:apigateway/deployment:Deployment',
  stage: 'aws:apigateway/stage:Stage',
}

let sdk: APIGatewayClient
let net: string
let restApi: string
let resourceId: string
let connectionId: string

beforeAll(async () => {
  const { region, accessKey, secretKey } = plugin.cloud.providerOptions
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  sdk = new APIGatewayClient({ region, endpoint: plugin.cloud.wire.url, credentials })
  const balancer = { Name: 'net', Type: 'network', Subnets: plugin.cloud.subnets } as const
  const { LoadBalancers } = await plugin.cloud.elbv2.send(new CreateLoadBalancerCommand(balancer))
  net = LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const api = await sdk.send(new CreateRestApiCommand({ name: 'shop' }))
  restApi = api.id ?? ''
  const shop = { restApiId: restApi, parentId: api.rootResourceId, pathPart: 'shop' }
  resourceId = (await sdk.send(new CreateResourceCommand(shop))).id ?? ''
  const method = { restApiId: restApi, resourceId, httpMethod: 'GET', authorizationType: 'NONE' }
  await sdk.send(new PutMethodCommand(method))
})

afterAll(() => sdk.destroy())

const integration = (uri: string) => ({
  restApi,
  resourceId,
  httpMethod: 'GET',
  type: 'HTTP_PROXY',
  integrationHttpMethod: 'GET',
  connectionType: 'VPC_LINK',
  connectionId,
  uri,
})

/** Each test goes on where the one before it ended. */
describe('API Gateway', () => {
  let integrationId: string
  let first: { id: string; state: any }
  let second: { id: string; state: any }

  test('a VPC link is there when it is available', async () => {
    const client = await provider(types.link, {}, 'link')
    const made = await client.make({ targetArn: net, tags: { team: 'shop' } })
    connectionId = made.id
    expect(made.state).toMatchObject({
      name: expect.stringMatching(/^link-[0-9a-f]{7}$/),
      targetArn: net,
      arn: `arn:aws:apigateway:ap-northeast-2::/vpclinks/${made.id}`,
      tags: { team: 'shop' },
    })
    const { inputs } = await client.check({ targetArn: net, name: 'other', tags: { team: 'search' } }, made.inputs)
    const updated = await client.update(made.id, made.state, inputs)
    expect(updated).toMatchObject({ name: 'other', tags: { team: 'search' } })
    expect((await client.diff(made.id, updated, { ...inputs, targetArn: 'arn:x' })).detailed).toEqual({
      targetArn: 'update-replace',
    })
  })

  test('a VPC link to something else fails in AWS’s words', async () => {
    const client = await provider(types.link)
    const wrong = { targetArn: plugin.cloud.made.loadBalancerArn }
    await expect(client.make(wrong)).rejects.toThrow(/unexpected state 'FAILED'.*NLB ARN is malformed/)
  })

  test('an integration changes its port by one patch, and nothing else', async () => {
    const client = await provider(types.integration)
    const made = await client.make(integration('http://net:80/shop'))
    integrationId = made.id
    expect(made).toMatchObject({ id: `agi-${restApi}-${resourceId}-GET`, state: { timeoutMilliseconds: 29_000 } })
    const { inputs } = await client.check(integration('http://net:8081/shop'), made.inputs)
    expect((await client.diff(made.id, made.state, inputs)).detailed).toEqual({ uri: 'update' })
    plugin.cloud.wire.calls.clear()
    const updated = await client.update(made.id, made.state, inputs)
    expect(written()).toEqual(['UpdateIntegration'])
    expect(updated).toMatchObject({ uri: 'http://net:8081/shop' })
    expect((await client.diff(made.id, updated, { ...inputs, type: 'HTTP' })).detailed).toEqual({
      type: 'update-replace',
    })
    await client.update(made.id, updated, made.inputs)
  })

  test('an integration is adopted by its path', async () => {
    const client = await provider(types.integration)
    const found = await client.read(`${restApi}/${resourceId}/GET`)
    expect(found).toMatchObject({ id: integrationId, inputs: integration('http://net:80/shop') })
    const { inputs, failures } = await client.check(found.inputs, found.inputs)
    expect(failures).toEqual([])
    expect((await client.diff(found.id, found.state, inputs)).changes).toBe(false)
    await expect(client.read('nobody')).rejects.toThrow(
      'Unexpected format of ID ("nobody"), expected REST-API-ID/RESOURCE-ID/HTTP-METHOD',
    )
  })

  test('other triggers are another deployment', async () => {
    const client = await provider(types.deployment)
    first = await client.make({ restApi, triggers: { port: '80' } })
    second = await client.make({ restApi, triggers: { port: '8081' }, description: 'green' })
    const { inputs } = await client.check({ restApi, triggers: { port: '8082' } })
    expect((await client.diff(first.id, first.state, inputs)).detailed).toEqual({
      'triggers.port': 'update-replace',
    })
    expect(await client.read(`${restApi}/${first.id}`)).toMatchObject({ id: first.id, inputs: { restApi } })
  })

  test('a stage moves, takes variables and a canary, each by one patch', async () => {
    const client = await provider(types.stage)
    const stage = { restApi, stageName: 'prod', deployment: first.id, variables: { backend: 'net:80' } }
    const made = await client.make({ ...stage, tags: { team: 'shop' } })
    expect(made).toMatchObject({
      id: `ags-${restApi}-prod`,
      state: { invokeUrl: `https://${restApi}.execute-api.ap-northeast-2.amazonaws.com/prod`, tags: { team: 'shop' } },
    })
    const overrides = { backend: 'net:8081' }
    const canarySettings = { deploymentId: first.id, percentTraffic: 12.5, stageVariableOverrides: overrides }
    const { inputs } = await client.check({ ...stage, tags: { team: 'shop' }, canarySettings }, made.inputs)
    plugin.cloud.wire.calls.clear()
    const shifted = await client.update(made.id, made.state, inputs)
    // one call, of the state and the plan alone: the official provider does not look at what AWS has
    expect(plugin.cloud.wire.calls.recent()[0]).toMatchObject({
      operation: 'UpdateStage',
      input: {
        patchOperations: [
          { op: 'replace', path: '/canarySettings/stageVariableOverrides/backend', value: 'net:8081' },
          { op: 'replace', path: '/canarySettings/percentTraffic', value: '12.500000' },
          { op: 'replace', path: '/canarySettings/deploymentId', value: first.id },
        ],
      },
    })
    expect(written()).toEqual(['UpdateStage'])
    const get = new GetStageCommand({ restApiId: restApi, stageName: 'prod' })
    expect(await sdk.send(get)).toMatchObject({ canarySettings: { ...canarySettings, useStageCache: false } })
    expect((await client.diff(made.id, shifted, inputs)).changes).toBe(false)
    const moved = {
      ...stage,
      deployment: second.id,
      tags: { team: 'shop' },
      variables: { backend: 'net:8081', b: '1' },
    }
    const next = (await client.check(moved, inputs)).inputs
    plugin.cloud.wire.calls.clear()
    await client.update(made.id, shifted, next)
    expect(written()).toEqual(['UpdateStage'])
    const after = await sdk.send(get)
    expect(after).toMatchObject({ deploymentId: second.id, variables: { backend: 'net:8081', b: '1' } })
    expect(after).not.toHaveProperty('canarySettings')
  })

  test('a stage is adopted by API and name, and leaves no difference', async () => {
    const client = await provider(types.stage)
    const found = await client.read(`${restApi}/prod`)
    expect(found).toMatchObject({ id: `ags-${restApi}-prod`, inputs: { deployment: second.id, stageName: 'prod' } })
    const { inputs, failures } = await client.check(found.inputs, found.inputs)
    expect(failures).toEqual([])
    expect((await client.diff(found.id, found.state, inputs)).changes).toBe(false)
  })

  test('a deployment that is in use stays; without its stage all goes', async () => {
    const deployments = await provider(types.deployment)
    await expect(deployments.delete(second.id, second.state)).rejects.toThrow(
      /Active stages pointing to this deployment/,
    )
    const stages = await provider(types.stage)
    const stage = await stages.read(`${restApi}/prod`)
    await stages.delete(stage.id, stage.state)
    await deployments.delete(second.id, second.state)
    await deployments.delete(second.id, second.state)
    const links = await provider(types.link)
    const link = await links.read(connectionId)
    await links.delete(link.id, link.state)
    expect(await links.read(connectionId)).toMatchObject({ id: '' })
  })
})
