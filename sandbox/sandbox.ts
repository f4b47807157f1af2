import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { stringify } from 'yaml'
import { standingCluster } from './cloud/eks/clusters.ts'
import { controlApp } from './control.ts'
import { GreenSide } from './eks/green-side.ts'
import type { Faults } from './faults.ts'
import { statusOf } from './front-doors.ts'
import type { AwsAccess } from './kubernetes/aws-access.ts'
import type { Cluster } from './kubernetes/cluster.ts'
import type { Network } from './network/network.ts'
import { startPlugins, type Plugins } from './pulumi/plugins.ts'
import type { AwsClients } from './scenarios/aws-clients.ts'
import type { Built, FrontDoorAddress, Scenario, Site } from './scenarios/scenario.ts'
import { scenarioNames, scenarioOf } from './scenarios/scenarios.ts'
import { startSurroundings, type Stops, type Surroundings } from './surroundings.ts'
import type { CallLog } from './wire/call-log.ts'

export interface SandboxOptions {
  readonly scenario: string
  /** AWS's delays are divided by it. */
  readonly timeScale: number
  /** The stand-in plugins; without them, whoever runs Pulumi brings plugins. Default true */
  readonly plugins?: boolean
  readonly progress?: (text: string) => void
  /** Called when `ready` has changed since it was answered: green has been built, or taken away. */
  readonly onGreen?: (ready: ReadyFile) => void
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
  /** green is null until somebody has built it. */
  readonly clusters: { readonly blue: ReadyCluster; readonly green: ReadyCluster | null }
  /** Path of a cutover.yaml that fits. */
  readonly inventory: string
  readonly frontDoors: Readonly<Record<string, FrontDoorAddress>>
}

interface ReadyCluster {
  readonly version: string
  /** A path. */
  readonly kubeconfig: string
}

export interface Sandbox {
  /** As it is now. */
  readonly ready: ReadyFile
  /** As they are now: green is null until somebody has built it. */
  readonly clusters: { readonly blue: Cluster; readonly green: Cluster | null }
  /** Resolves when there is a green cluster; at once where the scenario starts with one. */
  whenGreen(): Promise<Cluster>
  /** Resolves when the scenario's pipeline has run through on a green that was built, and rejects with what broke it. */
  whenDeployed(): Promise<void>
  readonly faults: Faults
  readonly calls: CallLog
  readonly aws: AwsClients
  readonly network: Network
  /** null: started without. */
  readonly plugins: Plugins | null
  stop(): Promise<void>
}

/** Starts the whole of it and resolves when every front door answers and every target is healthy. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const scenario = scenarioOf(options.scenario)
  if (!scenario) throw new RangeError(`there is no scenario ${options.scenario}; known are ${scenarioNames.join(', ')}`)
  const stops: Stops = []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    return await startScenario(scenario, options, stops, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

type Kubeconfigs = Site['kubeconfigs']

async function startScenario(
  scenario: Scenario,
  options: SandboxOptions,
  stops: Stops,
  stop: () => Promise<void>,
): Promise<Sandbox> {
  const say = options.progress ?? (() => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-sandbox-'))
  stops.push(() => rm(folder, { recursive: true, force: true }))
  const kubeconfigs = { blue: join(folder, 'blue.kubeconfig'), green: join(folder, 'green.kubeconfig') }
  const green = new GreenSide()
  const { timeScale } = options
  const around = await startSurroundings(scenario, timeScale, stops, (name) => {
    follow(name).catch((error: unknown) => say(`${name} could not be followed: ${String(error)}`))
  })
  // Before the clusters go: a pipeline that is under way is given up, and has not failed.
  stops.push(() => green.fall())
  const follow = async (name: string): Promise<void> => {
    if (name !== scenario.clusters.green.name) return
    const cluster = around.running.get(name)
    if (cluster) await writeKubeconfig(kubeconfigs.green, cluster)
    if (cluster) green.rise(cluster, built.pipeline)
    else green.fall()
    say(cluster ? `green is up: ${name} ${cluster.version}` : `green is gone: ${name}`)
    if (cluster && built.pipeline) void tellOf(green, say)
    options.onGreen?.(sandbox.ready)
  }

  say(`starting ${namesOf(scenario).join(' and ')}`)
  const clusters = await startClusters(scenario, around, green, kubeconfigs)
  say(`building scenario ${scenario.name}: ${scenario.about}`)
  const built = await scenario.build(siteOf(around, clusters, kubeconfigs))
  const inventory = join(folder, 'cutover.yaml')
  await writeFile(inventory, stringify(built.inventory, { aliasDuplicateObjects: false }))
  const { aws, network, access, faults, calls, reach } = around
  const control = controlApp({ faults, clusters, calls, reach })
  const controlUrl = await control.listen({ host: '127.0.0.1', port: 0 })
  stops.push(() => control.close())
  const env = { ...environmentOf(access, timeScale), ...proxySetting(around) }
  const environment = { ...process.env, ...env, CUTOVER_SANDBOX_CONTROL: controlUrl }
  const plugins = options.plugins === false ? null : await startPlugins({ folder, environment })
  if (plugins) stops.push(() => plugins.stop())
  say('waiting until every target is healthy')
  await untilHealthy(built, around)

  const readyOf = (colour: 'blue' | 'green') => {
    const { version } = clusters[colour] ?? {}
    return version === undefined ? null : { version, kubeconfig: kubeconfigs[colour] }
  }
  const blue = { version: clusters.blue.version, kubeconfig: kubeconfigs.blue }
  const sandbox: Sandbox = {
    get ready(): ReadyFile {
      return {
        env: plugins ? { ...env, CUTOVER_PULUMI_PLUGINS: pluginSetting(plugins) } : env,
        byHand: plugins ? debugSettings(plugins) : {},
        controlUrl,
        dns: dnsOf(around),
        clusters: { blue, green: readyOf('green') },
        inventory,
        frontDoors: built.frontDoors,
      }
    },
    clusters,
    whenGreen: () => green.whenUp(),
    whenDeployed: () => green.whenDeployed(),
    faults,
    calls,
    aws,
    network,
    plugins,
    stop,
  }
  return sandbox
}

const namesOf = ({ clusters: { blue, green } }: Scenario): string[] =>
  green.version === null ? [blue.name] : [blue.name, green.name]

async function tellOf(green: GreenSide, say: (text: string) => void): Promise<void> {
  try {
    await green.whenDeployed()
    say('the pipeline has deployed to green')
  } catch (error) {
    say(`the pipeline to green broke: ${String(error)}`)
  }
}

/** Those that the scenario starts with. */
async function startClusters(
  { clusters }: Scenario,
  { running }: Surroundings,
  green: GreenSide,
  kubeconfigs: Kubeconfigs,
): Promise<Sandbox['clusters']> {
  const blue = await running.run(clusters.blue)
  await writeKubeconfig(kubeconfigs.blue, blue)
  if (clusters.green.version !== null) {
    const cluster = await running.run(clusters.green)
    await writeKubeconfig(kubeconfigs.green, cluster)
    green.rise(cluster)
  }
  return {
    blue,
    get green() {
      return green.cluster
    },
  }
}

const writeKubeconfig = (file: string, { kubeconfig }: Cluster): Promise<void> =>
  writeFile(file, kubeconfig, { mode: 0o600 })

const dnsOf = ({ dns }: Surroundings): string => `${dns.socket.host}:${dns.socket.port}`

const siteOf = (around: Surroundings, clusters: Sandbox['clusters'], kubeconfigs: Kubeconfigs): Site => ({
  aws: around.aws,
  clusters,
  network: around.network,
  dns: dnsOf(around),
  kubeconfigs,
  standInEks: (input) =>
    standingCluster(around.world, input, { accessKeyId: around.access.accessKeyId, requestId: '' }),
})

/** AWS_DEFAULT_REGION beside AWS_REGION, because version 1 of the AWS CLI knows only that one. */
const environmentOf = ({ endpoint, region, accessKeyId, secretAccessKey }: AwsAccess, timeScale: number) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  CUTOVER_CLOCK_RATE: String(timeScale),
  CUTOVER_AUTH: 'off',
})

const proxySetting = ({ proxy: { socket } }: Surroundings) => ({
  CUTOVER_PROBE_PROXY: socket ? `http://${socket.host}:${socket.port}` : '',
})

const pluginSetting = ({ folders }: Plugins): string =>
  `aws=${folders.aws},kubernetes=${folders.kubernetes},eks=${folders.eks}`

const debugSettings = ({ ports }: Plugins) => ({
  PULUMI_DEBUG_PROVIDERS: `aws:${ports.aws},kubernetes:${ports.kubernetes},eks:${ports.eks}`,
  PULUMI_DEBUG_LANGUAGES: `nodejs:${ports.language}`,
})

/** Every target of the scenario's groups is healthy and every front door answers 200. */
async function untilHealthy({ targetGroups, frontDoors }: Built, around: Surroundings): Promise<void> {
  for (const TargetGroupArn of targetGroups) {
    for (;;) {
      const { TargetHealthDescriptions: targets = [] } = await around.aws.elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      )
      if (targets.length > 0 && targets.every(({ TargetHealth }) => TargetHealth?.State === 'healthy')) break
      await sleep(50)
    }
  }
  for (const door of Object.values(frontDoors)) {
    while ((await statusOf(door, around)) !== 200) await sleep(50)
  }
}
