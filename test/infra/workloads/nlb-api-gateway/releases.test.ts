import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  DeleteDeploymentCommand,
  GetRestApiCommand,
  GetStageCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createAws, type Aws } from '../../../../infra/aws/clients.ts'
import { createClusterReads } from '../../../../infra/kubernetes/reads.ts'
import { home, moved } from '../../../../infra/traffic.ts'
import type { Entry } from '../../../../infra/workloads/entry.ts'
import { restApi } from '../../../../infra/workloads/nlb-api-gateway/gateway/rest-api.ts'
import { descriptionOf } from '../../../../infra/workloads/nlb-api-gateway/deployments.ts'
import type { GatewayConfig } from '../../../../infra/workloads/nlb-api-gateway/config.ts'
import type { GatewaySite } from '../../../../infra/workloads/nlb-api-gateway/found.ts'
import { nlbApiGateway as kind } from '../../../../infra/workloads/nlb-api-gateway/kind.ts'
import { startSandbox, type Sandbox } from '../../../../sandbox/sandbox.ts'
import { refusalOf } from '../elbv2/refusal-rows.ts'

/** The team goes on releasing its API while a workload of it moves. Each test goes on where the one before it ended. */
describe('a release of somebody else', () => {
  let sandbox: Sandbox
  let aws: Aws
  let site: GatewaySite
  let config: GatewayConfig & Entry
  let edits = 0

  beforeAll(async () => {
    sandbox = await startSandbox({ scenario: 'api-gateway', timeScale: 60, plugins: false })
    for (const [name, value] of Object.entries(sandbox.ready.env)) {
      if (name.startsWith('AWS_')) process.env[name] = value
    }
    aws = createAws({ region: sandbox.aws.region, endpoint: sandbox.ready.env['AWS_ENDPOINT_URL'] ?? '' })
    const inventory = parse(await readFile(sandbox.ready.inventory, 'utf8')) as {
      workloads: Record<string, GatewayConfig & Entry>
    }
    config = inventory.workloads['lens'] ?? config
    site = {
      migration: 'api-gateway',
      workload: 'lens',
      config,
      found: await find(),
      green: { name: 'shop-green', kubeconfig: sandbox.ready.clusters.green?.kubeconfig ?? '' },
    }
  })
  afterAll(async () => {
    aws.close()
    await sandbox.stop()
  })

  const find = () => {
    const { blue, green } = sandbox.ready.clusters
    const [ofBlue, ofGreen] = [createClusterReads(blue.kubeconfig), createClusterReads(green?.kubeconfig ?? '')]
    return kind.find(config, { aws, blue: ofBlue, green: ofGreen, claimed: () => false })
  }
  const at = () => ({ restApiId: config.api ?? '', stageName: config.stage ?? '' })
  const served = async () => (await sandbox.aws.restApis.send(new GetStageCommand(at()))).deploymentId ?? ''
  const api = () => restApi(at().restApiId, at().stageName, aws)
  const foundDeployment = () => site.found.api?.deployment ?? ''

  /** One more method, in the working API alone. */
  async function edit(): Promise<string> {
    const { restApis } = sandbox.aws
    const { restApiId } = at()
    const { rootResourceId: parentId } = await restApis.send(new GetRestApiCommand({ restApiId }))
    const pathPart = `edit-${(edits += 1)}`
    const { id } = await restApis.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))
    const method = { restApiId, resourceId: id, httpMethod: 'GET' }
    await restApis.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
    await restApis.send(
      new PutIntegrationCommand({
        ...method,
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: 'http://elsewhere.example/',
      }),
    )
    return `GET /${pathPart}`
  }

  async function release(description?: string): Promise<void> {
    const { restApis } = sandbox.aws
    const { restApiId, stageName } = at()
    const { id } = await restApis.send(new CreateDeploymentCommand({ restApiId, description }))
    const patchOperations = [{ op: 'replace' as const, path: '/deploymentId', value: id }]
    await restApis.send(new UpdateStageCommand({ restApiId, stageName, patchOperations }))
  }

  const split = () => kind.observe.split(site, null, aws)
  const flip = (to: typeof home) => kind.flip(site, null, to, aws)

  it('is not needed to go there and back: the deployment as found is kept', async () => {
    expect(await split()).toEqual(home)
    await flip(moved)
    expect(await split()).toEqual(moved)
    await flip(home)
    expect([await split(), await served()]).toEqual([home, foundDeployment()])
    await flip(home)
    expect(await served()).toBe(foundDeployment())
  })

  it('is kept by the way home, with our integrations alone back at blue', async () => {
    await flip(moved)
    const key = await edit()
    await release()
    expect(await split()).toEqual(moved)
    await flip(home)
    expect(await split()).toEqual(home)
    expect((await api().served()).has(key)).toBe(true)
    expect(await served()).not.toBe(foundDeployment())
  })

  it('is an obstacle to nobody as long as the stage serves it', async () => {
    expect(await kind.observe.obstacles(site, null, { aws, green: createClusterReads(site.green.kubeconfig) })).toEqual(
      [],
    )
  })

  it('that was not made yet stands in the way, and is refused by find', async () => {
    const key = await edit()
    const obstacles = await kind.observe.obstacles(site, null, {
      aws,
      green: createClusterReads(site.green.kubeconfig),
    })
    expect(obstacles).toEqual([expect.stringContaining(`edits that its stage does not serve (${key})`)])
    const error = await find().catch((thrown: unknown) => thrown)
    const refusal = refusalOf(() => {
      throw error
    })
    expect(refusal).toMatchObject({ field: 'stage', reason: expect.stringContaining(key) })
  })

  it('is taken back by the way home only where a deployment would ship what nobody released', async () => {
    await release()
    await flip(moved)
    await edit()
    await release()
    const unreleased = await edit()
    await flip(home)
    expect(await split()).toEqual(home)
    expect((await api().served()).has(unreleased)).toBe(false)
  })

  it('may even have deleted what was served before: home is then made anew', async () => {
    await release()
    const before = await served()
    await flip(moved)
    await sandbox.aws.restApis.send(new DeleteDeploymentCommand({ restApiId: at().restApiId, deploymentId: before }))
    await flip(home)
    expect(await split()).toEqual(home)
    expect(await served()).not.toBe(before)
  })

  it('stands in the way of a stage variable, unless it is ours, by its description: a dead run had no time to say so', async () => {
    const reads = { aws, green: createClusterReads(site.green.kubeconfig) }
    const variable = { name: 'backend', blue: 'blue.example:8081', green: 'blue.example:9081' }
    const variables = { ...site, found: { ...site.found, api: { ...site.found.api, variable } } } as GatewaySite
    const ofReleases = async () =>
      (await kind.observe.obstacles(variables, null, reads)).filter((sentence) => sentence.includes('released since'))
    await release(descriptionOf(site, 'converted', foundDeployment()))
    expect(await ofReleases()).toEqual([])
    await release(descriptionOf({ ...site, workload: 'another' }, 'converted', foundDeployment()))
    expect(await ofReleases()).toEqual([expect.stringContaining(await served())])
  })

  it('may come as often as API Gateway lets: one deployment waits for the other', async () => {
    const [one, two] = await Promise.all([api().deploy('one'), api().deploy('two')])
    expect(one).not.toBe(two)
    const made = (await api().deployments()).map(({ description }) => description)
    expect(made).toEqual(expect.arrayContaining(['one', 'two']))
  })
})
