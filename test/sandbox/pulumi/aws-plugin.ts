import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { AwsProvider } from '../../../sandbox/pulumi/aws/provider.ts'
import type { Properties } from '../../../sandbox/pulumi/properties.ts'
import { addProviderService } from '../../../sandbox/pulumi/provider-service.ts'
import { listen, type Listener } from '../../../sandbox/pulumi/server.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { ProviderClient } from './provider-client.ts'

export const targetGroups = 'aws:lb/targetGroup:TargetGroup'
export const rules = 'aws:lb/listenerRule:ListenerRule'

/** One plugin and one AWS for the tests of a file; every test has connections of its own and starts without faults. */
export function useAwsPlugin() {
  let cloud: TestCloud
  let plugin: Listener
  let clients: ProviderClient[] = []

  beforeAll(async () => {
    cloud = await startCloud()
    plugin = await listen(0, (server, gateway) =>
      addProviderService(server, gateway, () => new AwsProvider({}), '7.48.0'),
    )
  })
  afterAll(async () => {
    await plugin.close()
    await cloud.close()
  })
  beforeEach(() => {
    clients = []
    cloud.wire.calls.clear()
  })
  afterEach(() => {
    for (const client of clients) client.close()
    cloud.faults.clear()
  })

  const connect = (token: string, name?: string) => {
    const client = new ProviderClient(plugin.port, token, name)
    clients.push(client)
    return client
  }
  return {
    get cloud() {
      return cloud
    },
    connect,
    provider: async (token: string, options: Properties = {}, name?: string): Promise<ProviderClient> => {
      const client = connect(token, name)
      await client.configure({ ...cloud.providerOptions, ...options })
      return client
    },
    green: () => ({ port: 80, protocol: 'HTTP', targetType: 'ip', vpcId: cloud.vpcId }),
    /** The operations that may have changed something, in order. */
    written: () =>
      cloud.wire.calls.recent().flatMap(({ operation }) => (/^Describe|^Get/.test(operation) ? [] : [operation])),
  }
}

export function forward(weights: Record<string, number>) {
  return [
    {
      type: 'forward',
      forward: { targetGroups: Object.entries(weights).map(([arn, weight]) => ({ arn, weight })) },
    },
  ]
}
