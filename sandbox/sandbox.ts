import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { stringify } from 'yaml'
import { Clock } from './clock.ts'
import { services } from './cloud/services.ts'
import { createWorld, type World } from './cloud/world.ts'
import { controlApp } from './control.ts'
import { Faults } from './faults.ts'
import { instanceNodes } from './instance-nodes.ts'
import type { AwsAccess } from './kubernetes/aws-access.ts'
import { startCluster, type Cluster } from './kubernetes/cluster.ts'
import { addressesIn } from './kubernetes/pods/addresses.ts'
import { AddressBook } from './network/addresses.ts'
import { CachingResolver, type Reach } from './network/dns/caching-resolver.ts'
import { DnsServer } from './network/dns/server.ts'
import { ForwardProxy } from './network/forward-proxy.ts'
import { startMeter } from './network/meter.ts'
import { Network } from './network/network.ts'
import { reachIn } from './network/reach.ts'
import { startPlugins, type Plugins } from './pulumi/plugins.ts'
import { awsClients, type AwsClients } from './scenarios/aws-clients.ts'
import { subnets } from './scenarios/network.ts'
import type { Built, FrontDoorAddress } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import type { CallLog } from './wire/call-log.ts'
import { startWire } from './wire/wire.ts'

export interface SandboxOptions {
  readonly scenario: string
  /** AWS's delays are divided by it. */
  readonly timeScale: number
  /** The stand-in plugins; without them, whoever runs Pulumi brings plugins. Default true */
  readonly plugins?: boolean
  readonly progress?: (text: string) => void
}

/** What a client needs to know; `npm run sandbox` writes it into its ready file. */
export interface ReadyFile {
  /** With it any AWS client works on the sandbox, and `npm start` runs the service on it. */
  readonly env: Readonly<Record<string, string>>
  /** With it beside `env`, `pulumi` by hand runs the checkout's programs with the stand-ins. */
  readonly byHand: Readonly<Record<string, string>>
  readonly controlUrl: string
  /** `host:port` of the VPC's resolver, UDP and TCP. It answers with addresses of the VPC: GET /sockets of the control endpoint tells where they are. */
  readonly dns: string
  readonly clusters: Readonly<Record<'blue' | 'green', { readonly version: string; readonly kubeconfig: string }>>
  /** Path of a cutover.yaml that fits. */
  readonly inventory: string
  readonly frontDoors: Readonly<Record<string, FrontDoorAddress>>
}

export interface Sandbox {
  readonly ready: ReadyFile
  readonly clusters: Readonly<Record<'blue' | 'green', Cluster>>
  readonly faults: Faults
  readonly calls: CallLog
  readonly aws: AwsClients
  readonly network: Network
  /** null: started without. */
  readonly plugins: Plugins | null
  stop(): Promise<void>
}

const region = 'eu-central-1'
const accountId = '123456789012'

/** Starts the whole of it and resolves when every front door answers and every target is healthy. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const scenario = scenarios[options.scenario]
  if (!scenario)
    throw new RangeError(`there is no scenario ${options.scenario}; known are ${Object.keys(scenarios).join(', ')}`)
  const say = options.progress ?? (() => undefined)
  const stops: (() => Promise<void> | void)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-sandbox-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    const clock = new Clock(options.timeScale)
    stops.push(() => clock.stop())
    const { account } = scenario
    const world = createWorld({ region, accountId, clock, ...(account && { account }) })
    const faults = new Faults()
    const wire = await startWire({ world, services, faults })
    stops.push(() => wire.close())
    const addresses = new AddressBook()
    const network = new Network(world, addresses)
    network.start()
    startMeter(world, network)
    stops.push(() => network.stop())
    const reach = reachIn(world, addresses, network)
    const { dns, proxy, close } = await startNames(world, reach, network)
    stops.push(close)

    const access: AwsAccess = {
      endpoint: wire.url,
      region,
      accessKeyId: 'AKIASANDBOX0OPERATOR',
      secretAccessKey: 'sandbox',
    }
    const aws = awsClients(access)
    stops.push(() => aws.close())
    say(`starting clusters ${scenario.clusters.blue.name} and ${scenario.clusters.green.name}`)
    const vpc = addressesIn({ [`${region}a`]: subnets.a, [`${region}b`]: subnets.b })
    const start = async (colour: 'blue' | 'green'): Promise<Cluster> => {
      const { name, version, nodes } = scenario.clusters[colour]
      const machines = nodes === 'instances' ? { nodes: instanceNodes(world, name) } : {}
      const cluster = await startCluster({ name, version, colour, vpc, addresses, clock, aws: access, ...machines })
      stops.push(() => cluster.stop())
      return cluster
    }
    const clusters = { blue: await start('blue'), green: await start('green') }
    const kubeconfigs = { blue: join(folder, 'blue.kubeconfig'), green: join(folder, 'green.kubeconfig') }
    for (const colour of ['blue', 'green'] as const) {
      await writeFile(kubeconfigs[colour], clusters[colour].kubeconfig, { mode: 0o600 })
    }

    say(`building scenario ${scenario.name}: ${scenario.about}`)
    const built = await scenario.build({ aws, clusters, network, kubeconfigs })
    const inventory = join(folder, 'cutover.yaml')
    await writeFile(inventory, stringify(built.inventory))
    const control = controlApp({ faults, clusters, calls: wire.calls, reach })
    const controlUrl = await control.listen({ host: '127.0.0.1', port: 0 })
    stops.push(() => control.close())
    const env = { ...environmentOf(access, options.timeScale), ...proxySetting(proxy) }
    const plugins =
      options.plugins === false ? null : await startPlugins({ folder, environment: { ...process.env, ...env } })
    if (plugins) stops.push(() => plugins.stop())
    say('waiting until every target is healthy')
    await untilHealthy(built, aws)

    const ready: ReadyFile = {
      env: plugins ? { ...env, CUTOVER_PULUMI_PLUGINS: pluginSetting(plugins) } : env,
      byHand: plugins ? debugSettings(plugins) : {},
      controlUrl,
      dns: `${dns.socket.host}:${dns.socket.port}`,
      clusters: {
        blue: { version: clusters.blue.version, kubeconfig: kubeconfigs.blue },
        green: { version: clusters.green.version, kubeconfig: kubeconfigs.green },
      },
      inventory,
      frontDoors: built.frontDoors,
    }
    return { ready, clusters, faults, calls: wire.calls, aws, network, plugins, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The VPC's resolver, and the proxy that knows its names. */
async function startNames(world: World, reach: Reach, network: Network) {
  const dns = new DnsServer(world)
  await dns.open()
  const resolver = new CachingResolver({ server: dns.socket, clock: world.clock, reach })
  const proxy = new ForwardProxy({ resolver, reach, executeApi: () => network.executeApi() })
  await proxy.open()
  const close = async (): Promise<void> => {
    await proxy.close()
    await dns.close()
  }
  return { dns, proxy, close }
}

/** AWS_DEFAULT_REGION beside AWS_REGION, because version 1 of the AWS CLI knows only that one. */
const environmentOf = ({ endpoint, accessKeyId, secretAccessKey }: AwsAccess, timeScale: number) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  CUTOVER_CLOCK_RATE: String(timeScale),
})

const proxySetting = ({ socket }: ForwardProxy) => ({
  CUTOVER_PROBE_PROXY: socket ? `http://${socket.host}:${socket.port}` : '',
})

const pluginSetting = ({ folders }: Plugins): string => `aws=${folders.aws},kubernetes=${folders.kubernetes}`

const debugSettings = ({ ports }: Plugins) => ({
  PULUMI_DEBUG_PROVIDERS: `aws:${ports.aws},kubernetes:${ports.kubernetes}`,
  PULUMI_DEBUG_LANGUAGES: `nodejs:${ports.language}`,
})

/** Every target of the scenario's groups is healthy and every front door answers 200. */
async function untilHealthy({ targetGroups, frontDoors }: Built, aws: AwsClients): Promise<void> {
  for (const TargetGroupArn of targetGroups) {
    for (;;) {
      const { TargetHealthDescriptions: targets = [] } = await aws.elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      )
      if (targets.length > 0 && targets.every(({ TargetHealth }) => TargetHealth?.State === 'healthy')) break
      await sleep(50)
    }
  }
  for (const { url, headers } of Object.values(frontDoors)) {
    while ((await statusOf(url, headers)) !== 200) await sleep(50)
  }
}

/** Node's own client: fetch may not set a Host header. */
const statusOf = (url: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve) => {
    get(url, { headers, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    }).on('error', () => resolve(0))
  })
