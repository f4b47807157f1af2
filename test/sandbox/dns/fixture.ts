import { Resolver } from 'node:dns/promises'
import { DnsServer } from '../../../sandbox/network/dns/server.ts'
import { createZoneSetting, type ZoneSetting } from '../route53/fixture.ts'

export interface DnsSetting extends ZoneSetting {
  server: DnsServer
  /** Node's own resolver, which is c-ares. */
  resolver: Resolver
  /** What the name servers answer now. */
  served: (...changes: Parameters<ZoneSetting['change']>) => Promise<void>
  stop: () => Promise<void>
}

export async function startDns(): Promise<DnsSetting> {
  const setting = await createZoneSetting()
  const server = new DnsServer(setting.world)
  await server.open()
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${server.socket.port}`])
  return {
    ...setting,
    server,
    resolver,
    served: async (...changes) => {
      await setting.change(...changes)
      // Also what came before it: changes arrive in order.
      const change = [...setting.world.route53.changes.values()].at(-1)
      while (change?.status === 'PENDING') await setting.world.clock.sleep(1)
    },
    stop: async () => {
      await server.close()
      setting.world.clock.stop()
    },
  }
}
