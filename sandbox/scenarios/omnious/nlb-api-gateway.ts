import { setTimeout as sleep } from 'node:timers/promises'
import type { Network } from '../../network/network.ts'
import { bindingOf, create } from '../manifests.ts'
import type { Exposed, Ground } from './ground.ts'
import { createHttpApi } from './http-api.ts'
import { createBackend, createNlb } from './network-load-balancers.ts'
import { createRestApi } from './rest-api.ts'
import { marker, namespace, serviceOf, type ServiceName } from './services.ts'

/** On the one load balancer: blue's listeners are there, green's will be. */
const ports = { lens: { blue: 8081, green: 9081 }, trend: { blue: 8082, green: 9082 } } as const
const policy = { bake: '1m', soak: '2m' } as const

/** One NLB with a listener for each service, pods behind it; a REST API before lens and an HTTP API before trend. */
export async function exposeByApiGateway(ground: Ground): Promise<Exposed> {
  const { aws, vpc, network, blue, deployed } = ground
  const nlb = await createNlb(aws, vpc, 'omnious-apis')
  const behind = (Name: keyof typeof ports) => createBackend(aws, vpc, nlb.arn, ports[Name].blue, { Name, Port: 8080 })
  const [lens, trend] = await Promise.all([behind('lens'), behind('trend')])
  const [restApi, httpApi] = await Promise.all([
    createRestApi(aws, nlb, ports.lens.blue),
    createHttpApi(aws, vpc, trend.listenerArn),
  ])
  await deployed
  await create(blue, [
    bindingOf(namespace, 'lens', lens.targetGroupArn),
    bindingOf(namespace, 'trend', trend.targetGroupArn),
  ])
  const base = await executeApi(network)
  const doorOf = (apiId: string, path: string) => ({
    url: `${base}${path}`,
    headers: { host: `${apiId}.execute-api.${aws.region}.amazonaws.com` },
  })
  const doors = { lens: doorOf(restApi.id, `/${restApi.stage}/products`), trend: doorOf(httpApi.id, '/trends') }
  const entryOf = (name: ServiceName & keyof typeof doors, blueSide: typeof lens) => ({
    kind: 'nlb-api-gateway',
    listener: blueSide.listenerArn,
    blueTargetGroup: blueSide.targetGroupArn,
    greenPort: ports[name].green,
    service: serviceOf(name),
    probe: { ...doors[name], expect: [200], marker },
    ...policy,
  })
  const { integration } = httpApi
  return {
    entries: {
      lens: {
        ...entryOf('lens', lens),
        switch: 'stage-variable',
        stageVariable: 'backend',
        api: restApi.id,
        stage: restApi.stage,
        integrations: restApi.integrations,
        steps: [10, 50, 100],
      },
      trend: {
        ...entryOf('trend', trend),
        switch: 'integration-uri',
        api: httpApi.id,
        stage: httpApi.stage,
        integrations: [{ integration }],
      },
    },
    frontDoors: doors,
    targetGroups: [lens.targetGroupArn, trend.targetGroupArn],
  }
}

async function executeApi(network: Network): Promise<string> {
  for (;;) {
    await network.settled()
    const door = network.executeApi()
    if (door) return `http://${door.host}:${door.port}`
    await sleep(20)
  }
}
