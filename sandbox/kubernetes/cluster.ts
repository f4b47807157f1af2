import type { AwsAccess } from './aws-access.ts'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { AddressBook } from '../network/addresses.ts'
import { Api } from './registry/api.ts'
import { immortalNamespaces } from './registry/deletion.ts'
import { makeCertificates } from './certificates.ts'
import type { Context, Controller } from './controllers/controller.ts'
import { startDefinitions } from './controllers/custom-resource-definitions.ts'
import { startDeployments } from './controllers/deployments.ts'
import { startEndpoints } from './controllers/endpoints.ts'
import { EventRecorder } from './controllers/event-recorder.ts'
import { startGarbageCollector } from './controllers/garbage-collector.ts'
import { followDeletions, startNamespaces } from './controllers/namespaces.ts'
import { startReplicaSets } from './controllers/replica-sets.ts'
import { installIngressController, type IngressController } from './ingress-controller/install.ts'
import { ingressProgram, isIngressImage } from './ingress-controller/program.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import {
  installLoadBalancerController,
  type LoadBalancerController,
  type LoadBalancerControllerOptions,
} from './load-balancer-controller/install.ts'
import { startJoiningNodes, type NodeSource } from './joining-nodes.ts'
import { KubeProxy } from './node-ports/kube-proxy.ts'
import { registerNode, type NodeOptions } from './nodes.ts'
import { addressesIn, type VpcAddresses } from './pods/addresses.ts'
import { Kubelet } from './pods/kubelet.ts'
import { PodFaults, type Pods } from './pods/pods.ts'
import { startScheduler } from './pods/scheduler.ts'
import { Resources } from './resources.ts'
import { builtInTypes } from './schema/built-in.ts'
import { Schemas } from './schema/schema.ts'
import { requestListener } from './server/api-server.ts'
import { ownTokenOr, type Access, type Authenticate } from './server/authorization.ts'
import { FrontDoor } from './server/front-door.ts'
import { Store } from './store/store.ts'

export interface ClusterOptions {
  name: string
  colour: 'blue' | 'green'
  /** `1.24` */
  version: string
  /** A CIDR block for this cluster alone, or a source of addresses that clusters may share (`addressesIn`). */
  vpc: string | VpcAddresses
  /** Where pods' addresses are written down, so that load balancers find them. */
  addresses: AddressBook
  clock: Clock
  aws: AwsAccess
  /** Two that exist nowhere else, unless given: a list for good, or machines that come and go. */
  nodes?: NodeOptions[] | NodeSource
  /** Whose bearer tokens are good beside that of the cluster's own kubeconfig; nobody's unless given. */
  authenticate?: Authenticate
}

export interface Cluster {
  readonly name: string
  readonly version: string
  /** `https://127.0.0.1:…`; stays the same while the cluster lives. */
  readonly url: string
  /** PEM; what the API server's certificate is signed by. */
  readonly certificateAuthority: string
  /** YAML; its token may do everything. */
  readonly kubeconfig: string
  readonly store: Store
  readonly api: Api
  readonly pods: Pods
  /** Resolves when it serves. Until it is installed, the cluster knows no TargetGroupBinding. */
  installLoadBalancerController(options?: LoadBalancerControllerOptions): Promise<LoadBalancerController>
  /** An ingress controller on pods of its own, behind a Service; resolves when it serves. */
  installIngressController(): Promise<IngressController>
  /** Is told of every request over HTTP whose sender may make it, until the function that it gets back is called. */
  follow(follower: (access: Access) => void): () => void
  /** Cuts the API server off, data and all, or brings it back. Pods and controllers go on. `how`: connections are refused, or accepted and never answered. */
  setReachable(reachable: boolean, how?: 'refuse' | 'hang'): Promise<void>
  stop(): Promise<void>
}

function madeUpNodes({ colour, aws }: ClusterOptions, vpc: VpcAddresses): NodeOptions[] {
  return ['a', 'b'].map((letter, index) => {
    const zone = `${aws.region}${letter}`
    const instanceId = `i-0${colour === 'blue' ? 'b' : 'a'}${String(index).padStart(15, '0')}`
    return { zone, instanceId, ip: vpc.take(zone) }
  })
}

function startControllers(context: Context, ca: string): (() => Promise<void>)[] {
  const namespaces = startNamespaces(context, ca)
  const unfollow = followDeletions(context, namespaces)
  const controllers: Controller[] = [
    namespaces,
    startDefinitions(context),
    startDeployments(context),
    startReplicaSets(context),
    startEndpoints(context),
    startGarbageCollector(context),
    startScheduler(context),
  ]
  return [async () => unfollow(), ...controllers.map((controller) => () => controller.stop())]
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, colour, version, addresses, clock, aws } = options
  const vpc = typeof options.vpc === 'string' ? addressesIn(options.vpc) : options.vpc
  const resources = new Resources(version)
  const api = new Api(new Store(), resources, new Schemas(builtInTypes(resources.all())))
  const context: Context = { api, clock, events: new EventRecorder(api, clock) }

  const token = randomBytes(24).toString('base64url')
  const certificates = await makeCertificates()
  const followers = new Set<(access: Access) => void>()
  const manners = {
    version,
    authenticate: ownTokenOr(token, options.authenticate),
    tell: (access: Access) => followers.forEach((follow) => follow(access)),
  }
  const frontDoor = new FrontDoor(certificates, requestListener(api, manners))
  await frontDoor.open()
  const url = `https://127.0.0.1:${frontDoor.port}`

  const stops = startControllers(context, certificates.ca)
  const faults = new PodFaults()
  const proxy = new KubeProxy(context, addresses)
  stops.push(() => proxy.stop())
  const ingress = ingressProgram(api.store, addresses)
  const kubelet = new Kubelet(context, {
    colour,
    addresses,
    vpc,
    faultOf: (workload) => faults.of(workload),
    programOf: (image) => (isIngressImage(image) ? ingress.receive : undefined),
  })
  for (const namespace of [...immortalNamespaces, 'kube-node-lease']) {
    await api.create(
      resources.builtIn('namespaces'),
      { metadata: { name: namespace } },
      {},
      { manager: 'kube-apiserver' },
    )
  }
  const { nodes = madeUpNodes(options, vpc) } = options
  const place = { version, region: aws.region }
  if (Array.isArray(nodes)) for (const node of nodes) await registerNode(api, node, place)
  else {
    const unfollow = startJoiningNodes(context, nodes, place)
    stops.push(async () => unfollow())
  }

  const installed: (() => Promise<void>)[] = []
  return {
    name,
    version,
    url,
    certificateAuthority: certificates.ca,
    kubeconfig: kubeconfigOf({ name, url, ca: certificates.ca, token }),
    store: api.store,
    api,
    pods: faults.control(kubelet),
    async installLoadBalancerController(wanted) {
      const controller = await installLoadBalancerController(context, { name, aws }, wanted)
      installed.push(() => controller.stop())
      return controller
    },
    installIngressController: () => installIngressController(context),
    follow(follower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    setReachable: (reachable, how = 'refuse') => frontDoor.setReachable(reachable ? 'open' : how),
    async stop() {
      await frontDoor.close()
      await Promise.all([...installed, ...stops].map((stop) => stop()))
      await kubelet.stop()
      ingress.close()
      await context.events.settled()
    },
  }
}
