import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { Clock } from '../../../sandbox/clock.ts'
import { startCluster, type Cluster, type ClusterOptions } from '../../../sandbox/kubernetes/cluster.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'

/** Polls until `look` finds something; the bound is only there so that a broken test ends. */
export async function eventually<T>(
  look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
): Promise<T> {
  const until = performance.now() + 20_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false && found !== null) return found
    if (performance.now() > until) throw new Error(`it did not come about: ${look.toString()}`)
    await pause(10)
  }
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: any
}

interface Request {
  body?: unknown
  type?: string
  accept?: string
  /** null: none. */
  token?: string | null
  headers?: Record<string, string>
  /** Gives up, with a TimeoutError. */
  giveUpAfterMs?: number
}

export interface TestCluster {
  cluster: Cluster
  clock: Clock
  addresses: AddressBook
  config: KubeConfig
  call: (method: string, path: string, request?: Request) => Promise<Answer>
  stop(): Promise<void>
}

/** Nobody is at this endpoint: for clusters without a load-balancer controller. */
const noAws = { endpoint: 'http://127.0.0.1:9', region: 'ap-northeast-2', accessKeyId: 'A', secretAccessKey: 's' }

export async function startTestCluster(options: Partial<ClusterOptions> = {}): Promise<TestCluster> {
  const clock = options.clock ?? new Clock(300)
  const addresses = options.addresses ?? new AddressBook()
  const cluster = await startCluster({
    name: 'prod-blue',
    colour: 'blue',
    version: '1.24',
    vpc: '10.0.64.0/20',
    aws: noAws,
    ...options,
    clock,
    addresses,
  })
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  return {
    cluster,
    clock,
    addresses,
    config,
    call: caller(cluster),
    async stop() {
      await cluster.stop()
      if (!options.clock) clock.stop()
    },
  }
}

interface Access {
  ca: string
  token: string
}

function accessOf({ kubeconfig }: Cluster): Access {
  const { clusters, users } = parse(kubeconfig)
  const ca = Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64').toString()
  return { ca, token: users[0].user.token }
}

function caller(cluster: Cluster): TestCluster['call'] {
  const { ca, token } = accessOf(cluster)
  return (
    method,
    path,
    { body, type = 'application/json', accept = 'application/json', token: given, headers, giveUpAfterMs } = {},
  ) =>
    new Promise((resolve, reject) => {
      const bearer = given === undefined ? token : given
      const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const sent = httpsRequest(
        `${cluster.url}${path}`,
        {
          method,
          ca,
          agent: false,
          ...(giveUpAfterMs !== undefined && { signal: AbortSignal.timeout(giveUpAfterMs) }),
          headers: {
            accept,
            'user-agent': 'test/1',
            ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
            ...(payload !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const json = String(response.headers['content-type']).startsWith('application/json')
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: json ? JSON.parse(text) : text,
            })
          })
        },
      )
      sent.once('error', reject)
      sent.end(payload)
    })
}

interface WatchEvent {
  type: string
  object: any
}

/** An open watch: what has come so far, and its end. */
export interface OpenWatch {
  events: WatchEvent[]
  ended: Promise<void>
  close(): void
}

export function openWatch(cluster: Cluster, path: string, accept = 'application/json'): Promise<OpenWatch> {
  const { ca, token } = accessOf(cluster)
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      `${cluster.url}${path}`,
      { ca, agent: false, headers: { accept, authorization: `Bearer ${token}` } },
      (response) => {
        const events: WatchEvent[] = []
        let rest = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop() ?? ''
          events.push(...lines.map((line) => JSON.parse(line)))
        })
        const ended = new Promise<void>((over) => response.once('close', over))
        resolve({ events, ended, close: () => sent.destroy() })
      },
    )
    sent.once('error', reject)
    sent.end()
  })
}

/** The tests with kubectl are left out where there is none. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0

export interface Kubectl {
  /** What it printed; fails with what it complained of. */
  run(command: string, input?: string): Promise<string>
  /** What it complained of; fails when it succeeds. */
  refusal(command: string, input?: string): Promise<string>
  remove(): Promise<void>
}

export async function kubectlFor(cluster: Cluster): Promise<Kubectl> {
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-kubectl-'))
  const kubeconfig = join(folder, 'config')
  await writeFile(kubeconfig, cluster.kubeconfig)
  const execute = (command: string, input: string | undefined) =>
    new Promise<{ failed: boolean; stdout: string; stderr: string }>((resolve) => {
      const args = [...command.split(' '), `--cache-dir=${folder}/cache`]
      const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig }
      const child = execFile('kubectl', args, { env }, (error, stdout, stderr) =>
        resolve({ failed: error !== null, stdout, stderr }),
      )
      child.stdin?.end(input)
    })
  return {
    async run(command, input) {
      const { failed, stdout, stderr } = await execute(command, input)
      if (failed) throw new Error(`kubectl ${command}: ${stderr}`)
      return stdout
    },
    async refusal(command, input) {
      const { failed, stdout, stderr } = await execute(command, input)
      if (!failed) throw new Error(`kubectl ${command} was not refused: ${stdout}`)
      return stderr
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A workload as a team writes it: Deployment and Service, with named ports. */
export function workload(name: string, { namespace = 'shop', replicas = 2, image = `${name}:1.0` } = {}): object[] {
  const labels = { 'app.kubernetes.io/name': name }
  const containers = [{ name, image, ports: [{ name: 'http', containerPort: 8080 }] }]
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers, terminationGracePeriodSeconds: 30 } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
  ]
}

/** Creates a namespace and a workload in it, and waits until its pods are endpoints. */
export async function deploy(
  test: TestCluster,
  name: string,
  options: { namespace?: string; replicas?: number; image?: string } = {},
): Promise<void> {
  const { namespace = 'shop', replicas = 2 } = options
  await test.call('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
  const [deployment, service] = workload(name, options)
  await test.call('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, { body: deployment })
  await test.call('POST', `/api/v1/namespaces/${namespace}/services`, { body: service })
  await eventually(() => endpointsOf(test, name, namespace).length === replicas)
}

/** Addresses of the pods that a Service sends to. */
export function endpointsOf({ cluster }: TestCluster, name: string, namespace = 'shop'): string[] {
  const endpoints: any = cluster.store.get('/endpoints', { namespace, name })
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [] }: any) => addresses.map(({ ip }: any) => ip))
}
