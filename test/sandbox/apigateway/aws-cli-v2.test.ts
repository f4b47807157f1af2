import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addGroup, addListener, addLoadBalancer, addVpc, toOne } from '../elbv2/fixture.ts'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

/** The model behind its wire, seen by a client that nobody here wrote. */
describe.skipIf(!hasAwsCli)('the AWS command-line client', { timeout: 60_000 }, () => {
  let setting: TestWire

  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await awsCli(setting.wire, 'apigatewayv2', ...words)
    expect(error).toBe('')
    return output
  }

  beforeAll(async () => {
    setting = await startTestWire()
  })

  afterAll(() => setting.close())

  test('builds an HTTP API, deploys it, and moves its stage', async () => {
    const { world } = setting
    const vpc = await addVpc(world, 0)
    const loadBalancer = await addLoadBalancer(world, vpc, 'net', { Type: 'network' })
    const group = await addGroup({ ...vpc, world, loadBalancer }, 'tcp', { Protocol: 'TCP' })
    const listener = await addListener({ ...vpc, world, loadBalancer }, toOne(group), 80, { Protocol: 'TCP' })
    const link = await aws('create-vpc-link', '--name', 'link', '--subnet-ids', ...vpc.subnets)
    expect(link).toMatchObject({ VpcLinkStatus: 'PENDING', SubnetIds: vpc.subnets })
    const { ApiId } = await aws('create-api', '--name', 'shop', '--protocol-type', 'HTTP')
    const api = ['--api-id', ApiId]
    const through = ['--connection-type', 'VPC_LINK', '--connection-id', link.VpcLinkId]
    const proxy = ['--integration-type', 'HTTP_PROXY', '--integration-method', 'ANY', '--integration-uri', listener]
    const { IntegrationId } = await aws('create-integration', ...api, ...proxy, ...through)
    const target = ['--target', `integrations/${IntegrationId}`]
    expect(await aws('create-route', ...api, '--route-key', '$default', ...target)).toMatchObject({
      RouteKey: '$default',
      AuthorizationType: 'NONE',
    })
    const { DeploymentId } = await aws('create-deployment', ...api)
    const deployed = ['--deployment-id', DeploymentId]
    await aws('create-stage', ...api, '--stage-name', 'prod', ...deployed, '--stage-variables', 'a=1')
    await aws('update-integration', ...api, '--integration-id', IntegrationId, '--timeout-in-millis', '5000')
    const next = await aws('create-deployment', ...api, '--stage-name', 'prod')
    const { Items } = await aws('get-stages', ...api)
    expect(Items).toMatchObject([{ StageName: 'prod', DeploymentId: next.DeploymentId, StageVariables: { a: '1' } }])
    const { error } = await awsCli(
      setting.wire,
      'apigatewayv2',
      'delete-deployment',
      ...api,
      '--deployment-id',
      next.DeploymentId,
    )
    expect(error.trim()).toBe(
      'An error occurred (BadRequestException) when calling the DeleteDeployment operation: Active stages pointing to this deployment must be moved or deleted',
    )
    await aws('delete-api', ...api)
    expect((await aws('get-apis')).Items).toEqual([])
  })
})
