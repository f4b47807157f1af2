import { request } from 'node:http'
import { apigateway } from '../../../sandbox/cloud/apigateway/operations.ts'
import { apigatewayv2 } from '../../../sandbox/cloud/apigatewayv2/operations.ts'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import type { World } from '../../../sandbox/cloud/world.ts'
import { addListener, addLoadBalancer, call, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, startDataPlane, until, type DataPlane, type Pod } from '../network/fixture.ts'

const caller = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', requestId: 'test' }

async function run(operations: Operations, world: World, name: string, input: object): Promise<any> {
  const operation = operations[name]
  if (!operation) throw new Error(`no operation ${name}`)
  return operation(world, input, caller)
}

export const rest = (world: World, name: string, input: object = {}): Promise<any> =>
  run(apigateway, world, name, input)

export const http = (world: World, name: string, input: object = {}): Promise<any> =>
  run(apigatewayv2, world, name, input)

/** The error that AWS would answer with; fails when the call succeeds. */
export async function refusalOf(result: Promise<unknown>): Promise<string> {
  try {
    await result
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('it was not refused')
}

export interface Behind extends DataPlane {
  net: string
  dns: string
  blue: string
  green: string
  bluePod: Pod
  greenPod: Pod
  /** Listeners at port 80 and 8081. */
  listeners: { blue: string; green: string }
}

/** A network load balancer with blue behind port 80 and green behind 8081, all healthy. */
export async function startBehind(account = {}): Promise<Behind> {
  const plane = await startDataPlane(account)
  const net = await addLoadBalancer(plane.world, plane, 'net', { Type: 'network', Scheme: 'internal' })
  const record = plane.world.elbv2.loadBalancers.get(net)
  if (record) record.state = 'active'
  const bluePod = await plane.startPod('10.0.1.1', { cluster: 'blue' })
  const greenPod = await plane.startPod('10.0.16.1', { cluster: 'green' })
  const blue = await addGroupOf(plane, 'tcp-blue', [bluePod.ip], { Protocol: 'TCP' })
  const green = await addGroupOf(plane, 'tcp-green', [greenPod.ip], { Protocol: 'TCP' })
  const on = (group: string, port: number) =>
    addListener({ ...plane, loadBalancer: net }, toOne(group), port, { Protocol: 'TCP' })
  const listeners = { blue: await on(blue, 80), green: await on(green, 8081) }
  await allHealthy(plane, blue, green)
  return { ...plane, net, dns: record?.dnsName ?? '', blue, green, bluePod, greenPod, listeners }
}

export interface Shop {
  restApiId: string
  /** Of `/shop/{proxy+}`, which has the method ANY. */
  resourceId: string
  vpcLinkId: string
  deploymentId: string
}

/** A REST API whose `/shop/{proxy+}` goes to `uri` behind a VPC link, deployed to the stage `prod`. */
export async function addShop(behind: Behind, uri: string, stage: object = {}): Promise<Shop> {
  const { world } = behind
  const { id: vpcLinkId } = await rest(world, 'CreateVpcLink', { name: 'link', targetArns: [behind.net] })
  await until('the VPC link is there', async () => {
    return (await rest(world, 'GetVpcLink', { vpcLinkId })).status === 'AVAILABLE'
  })
  const { id: restApiId, rootResourceId } = await rest(world, 'CreateRestApi', { name: 'shop' })
  const shop = await rest(world, 'CreateResource', { restApiId, parentId: rootResourceId, pathPart: 'shop' })
  const proxy = await rest(world, 'CreateResource', { restApiId, parentId: shop.id, pathPart: '{proxy+}' })
  const at = { restApiId, resourceId: proxy.id, httpMethod: 'ANY' }
  const requestParameters = { 'method.request.path.proxy': true }
  await rest(world, 'PutMethod', { ...at, authorizationType: 'NONE', requestParameters })
  await rest(world, 'PutIntegration', {
    ...at,
    type: 'HTTP_PROXY',
    integrationHttpMethod: 'ANY',
    uri,
    connectionType: 'VPC_LINK',
    connectionId: vpcLinkId,
    requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
  })
  const { id: deploymentId } = await deploy(behind, restApiId)
  await rest(world, 'CreateStage', { restApiId, stageName: 'prod', deploymentId, ...stage })
  await behind.network.settled()
  let inARow = 0
  await until('the stage answers everywhere', async () => {
    inARow = (await callApi(behind, restApiId)).status === 200 ? inARow + 1 : 0
    return inARow === 4
  })
  return { restApiId, resourceId: proxy.id, vpcLinkId, deploymentId }
}

/** As often as the rate limit of CreateDeployment wants. */
export async function deploy({ world }: Behind, restApiId: string, more: object = {}): Promise<any> {
  for (;;) {
    try {
      return await rest(world, 'CreateDeployment', { restApiId, ...more })
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'TooManyRequestsException') throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

export const patch = (op: string, path: string, value?: string) => ({ op, path, ...(value !== undefined && { value }) })

export const updateStage = ({ world }: Behind, { restApiId }: Shop, ...patchOperations: object[]) =>
  rest(world, 'UpdateStage', { restApiId, stageName: 'prod', patchOperations })

interface Answered {
  status: number
  headers: Record<string, any>
  body: string
  json: any
}

interface Ask {
  path?: string
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** One request to an API over a connection of its own. */
export function callApi({ network, world }: DataPlane, apiId: string, options: Ask = {}): Promise<Answered> {
  const { path = '/prod/shop/list', method = 'GET', headers = {}, body } = options
  const host = `${apiId}.execute-api.${world.region}.amazonaws.com`
  return new Promise((resolve, reject) => {
    const socket = network.executeApi()
    if (!socket) throw new Error('there is no front door of APIs')
    request({ ...socket, path, method, agent: false, headers: { host, ...headers } }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', reject)
      answer.on('end', () => {
        const json = text.startsWith('{') ? JSON.parse(text) : undefined
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text, json })
      })
    })
      .on('error', reject)
      .end(body)
  })
}

export async function clustersOf(behind: DataPlane, apiId: string, count: number, options: Ask = {}) {
  const seen: Record<string, number> = {}
  for (let turn = 0; turn < count; turn += 1) {
    const { json, status } = await callApi(behind, apiId, options)
    const who = String(json?.cluster ?? status)
    seen[who] = (seen[who] ?? 0) + 1
  }
  return seen
}

/** Until everybody gets the same for ten requests in a row. */
export const settlesOn = (behind: DataPlane, apiId: string, who: string, options: Ask = {}) =>
  until(`all requests go to ${who}`, async () => (await clustersOf(behind, apiId, 10, options))[who] === 10)

export const modifyListener = (world: World, ListenerArn: string, DefaultActions: object[]) =>
  call(world, 'ModifyListener', { ListenerArn, DefaultActions })
