import type { Controller, Context } from '../controllers/controller.ts'
import { parseName, startController } from '../controllers/controller.ts'
import type { AwsAccess } from '../aws-access.ts'
import { at, equal, nameOf } from '../object.ts'
import type { StoreEvent } from '../store/store.ts'
import type { Deployment } from '../types.ts'
import { abilitiesOf, bindings, type Abilities, type TargetGroupBinding } from './binding.ts'
import { bindingDefinition } from './definition.ts'
import { BindingReconciler } from './reconciler.ts'
import { TargetGroups, wordsOf } from './target-groups.ts'
import { bindingWebhooks } from './webhooks.ts'

export interface LoadBalancerControllerOptions {
  /** 2.4.5 unless said: the newest that a 1.21 cluster can run. */
  version?: string
  /** `--sync-period`; an hour unless said. */
  resyncSeconds?: number
  /** The role of its service account. Without, it may do what the cluster's owner may. */
  roleArn?: string
}

export interface LoadBalancerController {
  readonly version: string
  /** `helm uninstall`: the controller and its webhooks go, the definition and the bindings stay, and nobody serves their finalizers. */
  uninstall(): Promise<void>
}

const home = { namespace: 'kube-system', name: 'aws-load-balancer-controller' }
const manager = 'helm'

/** How long a binding that is as it was is left alone, in releases with checkpoints (30 to 45 minutes; no jitter here). */
const deferSeconds = 1800

function manifests(version: string, abilities: Abilities, cluster: string, region: string) {
  const labels = { 'app.kubernetes.io/name': home.name, 'app.kubernetes.io/instance': home.name }
  const image = `602401143452.dkr.ecr.${region}.amazonaws.com/amazon/aws-load-balancer-controller:v${version}`
  const container = {
    name: home.name,
    image,
    args: [`--cluster-name=${cluster}`, '--ingress-class=alb'],
    ports: [
      { name: 'webhook-server', containerPort: 9443 },
      { name: 'metrics-server', containerPort: 8080 },
    ],
  }
  const template = { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 10 } }
  const selector = { matchLabels: labels }
  return [
    { plural: 'customresourcedefinitions.apiextensions.k8s.io', body: bindingDefinition(abilities), namespaced: false },
    {
      plural: 'services',
      body: {
        metadata: { name: 'aws-load-balancer-webhook-service', namespace: home.namespace },
        spec: { selector: labels, ports: [{ port: 443, targetPort: 'webhook-server' }] },
      },
      namespaced: true,
    },
    {
      plural: 'deployments.apps',
      body: { metadata: { ...home, labels }, spec: { replicas: 2, selector, template } },
      namespaced: true,
    },
  ]
}

async function applyManifests(
  context: Context,
  version: string,
  abilities: Abilities,
  cluster: string,
  region: string,
): Promise<void> {
  const { api } = context
  for (const { plural, body, namespaced } of manifests(version, abilities, cluster, region)) {
    const resource = api.resources.builtIn(plural)
    const { name } = body.metadata as { name: string }
    const where = namespaced ? { namespace: home.namespace, name } : { name }
    await api.apply(resource, where, body, { manager, force: true })
  }
}

const isServing = ({ api }: Context): boolean =>
  (api.store.get<Deployment>('apps/deployments', home)?.status?.availableReplicas ?? 0) > 0

/** Resolves when pods of the controller are ready, as `helm install --wait` does. */
function untilServing(context: Context): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isServing(context)) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = context.api.store.subscribe(look)
    look()
  })
}

/** Which bindings a change concerns: of pods those behind the Service, of a Service's ports and of nodes those that name instances. */
function watchesOf({ api }: Context) {
  const all = (namespace?: string) => api.store.list<TargetGroupBinding>(bindings, namespace)
  const names = (found: TargetGroupBinding[]) => found.map(({ metadata }) => nameOf(metadata))
  const ofService = (type: 'ip' | 'instance', changed: (event: StoreEvent) => boolean) => (event: StoreEvent) => {
    const { namespace, name } = event.object.metadata
    if (!changed(event)) return []
    return names(all(namespace).filter(({ spec }) => spec.targetType === type && spec.serviceRef.name === name))
  }
  const subsets = ({ type, object, previous }: StoreEvent) =>
    type !== 'MODIFIED' || !equal(object.subsets, previous?.subsets)
  const ports = ({ type, object, previous }: StoreEvent) =>
    type !== 'MODIFIED' || !equal(at(object, 'spec', 'ports'), at(previous, 'spec', 'ports'))
  const node = ({ object, previous }: StoreEvent) =>
    !equal(at(object, 'status', 'conditions'), at(previous, 'status', 'conditions')) ||
    !equal(object.metadata.labels, previous?.metadata.labels)
  return {
    [bindings]: ({ object }: StoreEvent) => [nameOf(object.metadata)],
    '/endpoints': ofService('ip', subsets),
    '/services': ofService('instance', ports),
    '/nodes': (event: StoreEvent) =>
      node(event) ? names(all().filter(({ spec }) => spec.targetType === 'instance')) : [],
  }
}

/** The controller's process: from the moment that a pod of it is ready until the last one is gone. Its memory goes with it. */
function startProcess(
  context: Context,
  abilities: Abilities,
  groups: TargetGroups,
  resyncSeconds: number,
): () => Promise<void> {
  const { api, clock, events } = context
  const reconciler = new BindingReconciler(context, abilities, groups)
  const bindingOf = (key: string) => api.store.get<TargetGroupBinding>(bindings, parseName(key))
  const deferred = new Map<string, () => void>()

  const defer = (key: string) => {
    if (deferred.has(key)) return
    const reset = () => {
      deferred.delete(key)
      const binding = bindingOf(key)
      if (binding) void reconciler.resetCheckpoint(binding)
    }
    deferred.set(key, clock.after(deferSeconds, reset))
  }
  const controller: Controller = startController(context, {
    watches: watchesOf(context),
    async reconcile(key) {
      const binding = bindingOf(key)
      if (binding && (await reconciler.reconcile(binding)) === 'skipped') defer(key)
      return undefined
    },
    onError(key, error) {
      const binding = bindingOf(key)
      const message = `Failed reconcile due to ${wordsOf(error)}`
      if (binding)
        events.record(binding, { type: 'Warning', reason: 'FailedReconcile', message, component: 'targetGroupBinding' })
    },
  })
  let cancelResync = () => {}
  const resync = () => {
    cancelResync = clock.after(resyncSeconds, () => {
      for (const { metadata } of api.store.list(bindings)) controller.enqueue(nameOf(metadata))
      resync()
    })
  }
  resync()
  return async () => {
    cancelResync()
    for (const cancel of deferred.values()) cancel()
    await controller.stop()
    groups.close()
  }
}

/** Installs the AWS Load Balancer Controller into a cluster, and waits until it serves. */
export async function installLoadBalancerController(
  context: Context,
  cluster: { name: string; aws: AwsAccess },
  options: LoadBalancerControllerOptions = {},
): Promise<LoadBalancerController & { stop(): Promise<void> }> {
  const { version = '2.4.5', resyncSeconds = 3600, roleArn } = options
  const { api, clock } = context
  const abilities = abilitiesOf(version)
  const webhookGroups = new TargetGroups(cluster.aws, clock, version, roleArn)
  let stopProcess: (() => Promise<void>) | undefined
  let stopped: Promise<void> = Promise.resolve()

  const follow = () => {
    const serving = isServing(context)
    if (serving && !stopProcess) {
      stopProcess = startProcess(
        context,
        abilities,
        new TargetGroups(cluster.aws, clock, version, roleArn),
        resyncSeconds,
      )
    } else if (!serving && stopProcess) {
      stopped = stopProcess()
      stopProcess = undefined
    }
  }
  await applyManifests(context, version, abilities, cluster.name, cluster.aws.region)
  const around = {
    store: api.store,
    abilities,
    serving: () => isServing(context),
    describe: (arn: string) => webhookGroups.describe(arn),
  }
  const unregister = bindingWebhooks(around).map((webhook) => api.admission.register(webhook))
  const unsubscribe = api.store.subscribe(({ key }) => key === 'apps/deployments' && follow())
  await untilServing(context)
  follow()

  const stop = async () => {
    unsubscribe()
    unregister.forEach((end) => end())
    await Promise.all([stopped, stopProcess?.()])
    stopProcess = undefined
    webhookGroups.close()
  }
  return {
    version,
    stop,
    async uninstall() {
      await stop()
      api.delete(api.resources.builtIn('deployments.apps'), home, { propagationPolicy: 'Background' })
      api.delete(api.resources.builtIn('services'), { ...home, name: 'aws-load-balancer-webhook-service' })
    },
  }
}
