import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addLoadBalancer, addVpc } from '../elbv2/fixture.ts'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

/** The model behind its wire, seen by a client that nobody here wrote. Each test goes on where the one before it ended. */
describe.skipIf(!hasAwsCli)('the AWS command-line client', { timeout: 60_000 }, () => {
  let setting: TestWire
  let api: string
  let resource: string
  let link: string
  let deployment: string

  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await awsCli(setting.wire, 'apigateway', ...words)
    expect(error).toBe('')
    return output
  }
  const refused = async (...words: string[]) => (await awsCli(setting.wire, 'apigateway', ...words)).error.trim()
  const at = () => ['--rest-api-id', api, '--resource-id', resource, '--http-method', 'ANY']
  const prod = () => ['--rest-api-id', api, '--stage-name', 'prod']

  beforeAll(async () => {
    setting = await startTestWire()
  })

  afterAll(() => setting.close())

  test('makes a VPC link, which takes its time', async () => {
    const vpc = await addVpc(setting.world, 0)
    const net = await addLoadBalancer(setting.world, vpc, 'net', { Type: 'network' })
    const made = await aws('create-vpc-link', '--name', 'link', '--target-arns', net)
    expect(made).toMatchObject({ targetArns: [net], status: 'PENDING', name: 'link' })
    link = made.id
    for (;;) if ((await aws('get-vpc-link', '--vpc-link-id', link)).status === 'AVAILABLE') break
  })

  test('builds an API and deploys it', async () => {
    const made = await aws('create-rest-api', '--name', 'shop', '--tags', 'team=shop')
    expect(made).toMatchObject({ name: 'shop', apiKeySource: 'HEADER', tags: { team: 'shop' } })
    api = made.id
    const { items } = await aws('get-resources', '--rest-api-id', api)
    expect(items).toEqual([{ id: made.rootResourceId, path: '/' }])
    const proxy = await aws('create-resource', '--rest-api-id', api, '--parent-id', items[0].id, '--path-part', '{x+}')
    expect(proxy).toMatchObject({ path: '/{x+}', pathPart: '{x+}', parentId: items[0].id })
    resource = proxy.id
    const open = ['--authorization-type', 'NONE', '--request-parameters', 'method.request.path.x=true']
    await aws('put-method', ...at(), ...open)
    expect(await refused('create-deployment', '--rest-api-id', api)).toBe(
      'An error occurred (BadRequestException) when calling the CreateDeployment operation: No integration defined for method',
    )
    const toLink = ['--type', 'HTTP_PROXY', '--integration-http-method', 'ANY', '--connection-type', 'VPC_LINK']
    const integration = await aws(
      'put-integration',
      ...at(),
      ...toLink,
      '--connection-id',
      link,
      '--uri',
      'http://${stageVariables.backend}/{x}',
    )
    expect(integration).toMatchObject({ type: 'HTTP_PROXY', connectionId: link, timeoutInMillis: 29000 })
    const deployed = await aws('create-deployment', '--rest-api-id', api, '--description', 'first')
    deployment = deployed.id
    const stage = await aws('create-stage', ...prod(), '--deployment-id', deployment, '--variables', 'backend=net:80')
    expect(stage).toMatchObject({ deploymentId: deployment, variables: { backend: 'net:80' }, methodSettings: {} })
    expect(
      await aws('get-deployment', '--rest-api-id', api, '--deployment-id', deployment, '--embed', 'apisummary'),
    ).toMatchObject({
      description: 'first',
      apiSummary: { '/{x+}': { ANY: { authorizationType: 'NONE', apiKeyRequired: false } } },
    })
  })

  test('patches integrations and stages', async () => {
    const uri = JSON.stringify([{ op: 'replace', path: '/uri', value: 'http://net:8081/{x}' }])
    expect(await aws('update-integration', ...at(), '--patch-operations', uri)).toMatchObject({
      uri: 'http://net:8081/{x}',
      connectionId: link,
    })
    const patched = await aws(
      'update-stage',
      ...prod(),
      '--patch-operations',
      `op=replace,path=/canarySettings/deploymentId,value=${deployment}`,
      'op=replace,path=/canarySettings/percentTraffic,value=12.5',
      'op=replace,path=/canarySettings/stageVariableOverrides/backend,value=net:8081',
      'op=replace,path=/*/*/metrics/enabled,value=true',
    )
    expect(patched).toMatchObject({
      canarySettings: {
        deploymentId: deployment,
        percentTraffic: 12.5,
        stageVariableOverrides: { backend: 'net:8081' },
        useStageCache: false,
      },
      methodSettings: { '*/*': { metricsEnabled: true } },
      variables: { backend: 'net:80' },
    })
  })

  test('is refused in AWS’s words', async () => {
    const stage = ['update-stage', ...prod(), '--patch-operations']
    expect(await refused(...stage, 'op=replace,path=/canarySettings/percentTraffic,value=101')).toContain(
      '(BadRequestException)',
    )
    expect(await refused(...stage, 'op=replace,path=/stageName,value=x')).toContain(
      "Invalid patch path '/stageName' specified for op 'replace'. Must be one of: [/deploymentId, ",
    )
    expect(await refused(...stage, 'op=replace,path=/variables/backend,value=a b')).toContain(
      'Invalid stage variable value: a b',
    )
    expect(await refused('delete-deployment', '--rest-api-id', api, '--deployment-id', deployment)).toBe(
      'An error occurred (BadRequestException) when calling the DeleteDeployment operation: Active stages pointing to this deployment must be moved or deleted',
    )
    expect(await refused('delete-vpc-link', '--vpc-link-id', link)).toContain(`[ANY:${resource}:prod]`)
    expect(await refused('get-stage', '--rest-api-id', api, '--stage-name', 'test')).toBe(
      'An error occurred (NotFoundException) when calling the GetStage operation: Invalid stage identifier specified',
    )
    expect(await refused('get-rest-api', '--rest-api-id', 'abcdefghij')).toBe(
      'An error occurred (NotFoundException) when calling the GetRestApi operation: Invalid API identifier specified 123456789012:abcdefghij',
    )
    expect(await refused('create-deployment', ...prod())).toContain('on a stage that has a canary')
  })

  test('exports what the stage serves, not the working API', async () => {
    const file = join(tmpdir(), `export-${process.pid}.json`)
    const wanted = [
      '--export-type',
      'oas30',
      '--parameters',
      'extensions=integrations',
      '--accepts',
      'application/json',
    ]
    await aws('get-export', ...prod(), ...wanted, file)
    const exported = JSON.parse(await readFile(file, 'utf8'))
    await rm(file)
    expect(exported.info.title).toBe('shop')
    expect(exported.paths['/{x+}']['x-amazon-apigateway-any-method']).toMatchObject({
      parameters: [{ name: 'x', in: 'path', required: true }],
      'x-amazon-apigateway-integration': {
        type: 'http_proxy',
        connectionType: 'VPC_LINK',
        connectionId: link,
        uri: 'http://${stageVariables.backend}/{x}',
      },
    })
  })

  test('tags, and takes everything down', async () => {
    const arn = `arn:aws:apigateway:ap-northeast-2::/restapis/${api}/stages/prod`
    await aws('tag-resource', '--resource-arn', arn, '--tags', 'a=1,b=2')
    await aws('untag-resource', '--resource-arn', arn, '--tag-keys', 'a')
    expect(await aws('get-tags', '--resource-arn', arn)).toEqual({ tags: { b: '2' } })
    await aws('flush-stage-cache', ...prod())
    await aws('delete-stage', ...prod())
    await aws('delete-deployment', '--rest-api-id', api, '--deployment-id', deployment)
    await aws('delete-vpc-link', '--vpc-link-id', link)
    expect(await aws('get-vpc-link', '--vpc-link-id', link)).toMatchObject({ status: 'DELETING' })
    await aws('delete-rest-api', '--rest-api-id', api)
    expect(await aws('get-rest-apis')).toMatchObject({ items: [] })
  })
})
