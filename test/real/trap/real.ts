import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoreV1Api, loadAllYaml, type KubernetesObject, type V1Pod } from '@kubernetes/client-node'
import { makeCertificates, type Certificates } from '../../../sandbox/kubernetes/certificates.ts'
import { kubeconfigOf } from '../../../sandbox/kubernetes/kubeconfig.ts'
import { ContainerServer } from '../../../sandbox/kubernetes/pods/container-server.ts'
import { until } from '../../support/wait.ts'
import { besidePart, providePart } from '../parts.ts'
import { startTrapAws, type Colour, type TrapAws } from './aws.ts'
import { addressOf, podPort, podsOf, type PodName } from './pods.ts'
import { freePort, startProcess } from './processes.ts'
import { Cluster, configOf, namespace, type Side } from './side.ts'

const token = 'trap'

interface Surroundings {
  readonly aws: TrapAws
  readonly folder: string
  readonly certificates: Certificates
  /** What has to be ended, last first. */
  readonly stops: (() => Promise<unknown>)[]
}

/** Two real API servers on one etcd, each with a real load-balancer controller 2.4.5 that takes the sandbox for AWS. */
export async function startRealSide(): Promise<Side> {
  const stops: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const aws = await startTrapAws()
    stops.push(() => aws.stop())
    const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-trap-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    const around: Surroundings = { aws, folder, certificates: await makeCertificates(), stops }
    await writeKeys(around)
    const etcd = await startEtcd(around)
    const blue = await startRealCluster('blue', etcd, around)
    const green = await startRealCluster('green', etcd, around)
    return { name: 'real', aws, blue, green, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function writeKeys({ folder, certificates }: Surroundings): Promise<void> {
  const pem = { format: 'pem' } as const
  const signing = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', ...pem },
    privateKeyEncoding: { type: 'pkcs8', ...pem },
  })
  const files = {
    'sa.key': signing.privateKey,
    'sa.pub': signing.publicKey,
    'tls.crt': certificates.cert,
    'tls.key': certificates.key,
    'tokens.csv': `${token},admin,admin,system:masters\n`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
}

/** Returns its URL. */
async function startEtcd({ folder, stops }: Surroundings): Promise<string> {
  const [port, peerPort] = [await freePort(), await freePort()]
  const [url, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const args = {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
  }
  const etcd = await startProcess({
    command: providePart('etcd'),
    args: flags(args),
    log: join(folder, 'etcd.log'),
    port,
  })
  stops.push(() => etcd.stop())
  return url
}

const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`)

async function startRealCluster(colour: Colour, etcd: string, around: Surroundings): Promise<Cluster> {
  const { folder, stops } = around
  await mkdir(join(folder, colour))
  const kubeconfig = await startApiServer(colour, etcd, around)
  const cluster = new Cluster(kubeconfig)
  await until(`${colour} knows its namespaces`, () => isThere(cluster, 'default'))
  await cluster.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for (const name of podsOf(colour)) {
    const server = await startPod(cluster, name, colour, around)
    stops.push(() => server.close())
  }
  await installController(colour, cluster, around)
  return cluster
}

const isThere = (cluster: Cluster, name: string): Promise<boolean> =>
  cluster.api.read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }).then(
    () => true,
    () => false,
  )

/** Returns the kubeconfig of somebody who may do everything. */
async function startApiServer(colour: Colour, etcd: string, around: Surroundings): Promise<string> {
  const { folder, certificates, stops } = around
  const port = await freePort()
  const url = `https://127.0.0.1:${port}`
  const args = {
    'etcd-servers': etcd,
    'etcd-prefix': `/${colour}`,
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'tls-cert-file': join(folder, 'tls.crt'),
    'tls-private-key-file': join(folder, 'tls.key'),
    'cert-dir': join(folder, colour),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': join(folder, 'sa.pub'),
    'service-account-signing-key-file': join(folder, 'sa.key'),
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'disable-admission-plugins': 'ServiceAccount',
    'endpoint-reconciler-type': 'none',
  }
  const server = await startProcess({
    command: providePart('kube-apiserver'),
    args: flags(args),
    log: join(folder, `${colour}-kube-apiserver.log`),
    port,
    ready: () => isReady(url, certificates.ca),
  })
  stops.push(() => server.stop())
  return kubeconfigOf({ name: colour, url, ca: certificates.ca, token })
}

const isReady = (url: string, ca: string): Promise<boolean> =>
  new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` }
    request(`${url}/readyz`, { ca, headers, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .end()
  })

/** There is no kubelet: the pod's status is written by hand, and its server runs here. */
async function startPod(cluster: Cluster, name: PodName, colour: Colour, { aws }: Surroundings) {
  const identity = { workload: 'shop', cluster: colour, pod: name, version: '1' }
  const server = new ContainerServer(identity, () => undefined)
  aws.addresses.bind(addressOf(name), podPort, await server.listen())
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } }
  const containers = [{ name: 'shop', image: 'shop:1', ports: [{ name: 'http', containerPort: podPort }] }]
  await cluster.api.create<V1Pod>({ ...pod, spec: { containers } })
  const conditions = ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
  }))
  const status = { phase: 'Running', podIP: addressOf(name), podIPs: [{ ip: addressOf(name) }], conditions }
  const core = configOf(cluster.kubeconfig).makeApiClient(CoreV1Api)
  await core.replaceNamespacedPodStatus({ namespace, name, body: { ...pod, spec: { containers }, status } })
  return server
}

/** As its chart does: definitions, webhooks, and the controller itself. Only the webhooks for bindings; no pod and no Ingress is made here. */
async function installController(colour: Colour, { api, kubeconfig }: Cluster, around: Surroundings): Promise<void> {
  const { aws, folder, certificates, stops } = around
  for (const file of [
    'crd/bases/elbv2.k8s.aws_targetgroupbindings.yaml',
    'crd/bases/elbv2.k8s.aws_ingressclassparams.yaml',
  ]) {
    for (const definition of await documentsIn(file)) await api.create(definition)
  }
  await writeFile(join(folder, `${colour}.kubeconfig`), kubeconfig, { mode: 0o600 })
  const [webhookPort, healthPort, metricsPort] = [await freePort(), await freePort(), await freePort()]
  const { endpoint, region, accessKeyId, secretAccessKey } = aws.accessOf(colour)
  const services = ['elasticloadbalancing', 'ec2', 'sts', 'acm', 'wafv2', 'waf-regional', 'shield', 'tagging']
  const args = {
    kubeconfig: join(folder, `${colour}.kubeconfig`),
    'cluster-name': `shop-${colour}`,
    'aws-region': region,
    'aws-vpc-id': aws.vpcId,
    'aws-api-endpoints': services.map((service) => `${service}=${endpoint}`).join(','),
    'enable-leader-election': false,
    'enable-shield': false,
    'enable-waf': false,
    'enable-wafv2': false,
    'webhook-cert-dir': folder,
    'webhook-cert-file': 'tls.crt',
    'webhook-key-file': 'tls.key',
    'webhook-bind-port': webhookPort,
    'health-probe-bind-addr': `127.0.0.1:${healthPort}`,
    'metrics-bind-addr': `127.0.0.1:${metricsPort}`,
  }
  const controller = await startProcess({
    command: providePart('load-balancer-controller'),
    args: flags(args),
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      // its network library wants to be told that newer Go versions are all right
      ASSUME_NO_MOVING_GC_UNSAFE_RISK_IT_WITH: 'go1.26',
    },
    log: join(folder, `${colour}-controller.log`),
    port: webhookPort,
  })
  stops.push(() => controller.stop())
  for (const hooks of await documentsIn('webhook/manifests.yaml')) {
    await api.create(reachedAt(webhookPort, certificates.ca, hooks))
  }
}

type Document = KubernetesObject & Record<string, any>

/** Through the client's own reader: it sends back only what it knows by its own names, as of a definition's schema. */
async function documentsIn(file: string): Promise<Document[]> {
  const text = await readFile(besidePart('load-balancer-controller', join('config', file)), 'utf8')
  return (loadAllYaml(text) as Document[]).filter(Boolean)
}

/** The webhooks for bindings, at an address of this machine in the place of a Service. */
function reachedAt(port: number, ca: string, { webhooks, ...configuration }: Document): Document {
  const caBundle = Buffer.from(ca).toString('base64')
  return {
    ...configuration,
    webhooks: (webhooks as Document[])
      .filter(({ name }) => String(name).includes('targetgroupbinding'))
      .map(({ clientConfig, ...rest }) => ({
        ...rest,
        clientConfig: { url: `https://127.0.0.1:${port}${clientConfig.service.path}`, caBundle },
      })),
  }
}
