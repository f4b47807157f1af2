import { Clock } from './clock.ts'
import { services } from './cloud/services.ts'
import { createWorld, type World } from './cloud/world.ts'
import { RunningClusters } from './eks/running-clusters.ts'
import { Faults } from './faults.ts'
import type { AwsAccess } from './kubernetes/aws-access.ts'
import { addressesIn } from './kubernetes/pods/addresses.ts'
import { AddressBook } from './network/addresses.ts'
import { CachingResolver, type Reach } from './network/dns/caching-resolver.ts'
import { DnsServer } from './network/dns/server.ts'
import { ForwardProxy } from './network/forward-proxy.ts'
import { startMeter } from './network/meter.ts'
import { Network } from './network/network.ts'
import { reachIn } from './network/reach.ts'
import { awsClients, type AwsClients } from './scenarios/aws-clients.ts'
import { subnets } from './scenarios/network.ts'
import type { Scenario } from './scenarios/scenario.ts'
import type { CallLog } from './wire/call-log.ts'
import { startWire } from './wire/wire.ts'

/** An account with nothing in it, and clusters as far as EKS is asked for them. */
export interface Surroundings {
  readonly world: World
  readonly clock: Clock
  readonly faults: Faults
  readonly calls: CallLog
  readonly network: Network
  readonly dns: DnsServer
  readonly proxy: ForwardProxy
  readonly reach: Reach
  readonly access: AwsAccess
  readonly aws: AwsClients
  readonly running: RunningClusters
}

/** What ends the parts of a sandbox, in the order in which they were started. */
export type Stops = (() => Promise<unknown> | void)[]

const region = 'eu-central-1'
const accountId = '123456789012'

export async function startSurroundings(
  scenario: Scenario,
  timeScale: number,
  stops: Stops,
  onCluster: (name: string) => void,
): Promise<Surroundings> {
  const clock = new Clock(timeScale)
  stops.push(() => clock.stop())
  const { account, today } = scenario
  const world = createWorld({
    region,
    accountId,
    clock,
    ...(account && { account }),
    ...(today !== undefined && { today: new Date(today) }),
    controlPlanes: { start: (request) => running.start(request), stop: (name) => running.stop(name) },
  })
  const faults = new Faults()
  const wire = await startWire({ world, services, faults })
  stops.push(() => wire.close())
  const addresses = new AddressBook()
  const network = new Network(world, addresses)
  network.start()
  startMeter(world, network)
  stops.push(() => network.stop())
  const dns = new DnsServer(world)
  await dns.open()
  stops.push(() => dns.close())
  const access: AwsAccess = {
    endpoint: wire.url,
    region,
    accessKeyId: 'AKIASANDBOX0OPERATOR',
    secretAccessKey: 'sandbox',
  }
  const aws = awsClients(access)
  stops.push(() => aws.close())
  const vpc = addressesIn({ [`${region}a`]: subnets.a, [`${region}b`]: subnets.b })
  const colourOf = (name: string) => (name === scenario.clusters.blue.name ? 'blue' : 'green')
  const running = new RunningClusters({ world, clock, addresses, vpc, access, colourOf, onChange: onCluster })
  stops.push(() => running.stopAll())
  const reach = reachIn(world, addresses, network)
  const resolver = new CachingResolver({ server: dns.socket, clock, reach })
  const proxy = new ForwardProxy({ resolver, reach, executeApi: () => network.executeApi() })
  await proxy.open()
  stops.push(() => proxy.close())
  return { world, clock, faults, calls: wire.calls, network, dns, proxy, reach, access, aws, running }
}
