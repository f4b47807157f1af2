import type { Context } from '../controllers/controller.ts'
import type { Deployment } from '../types.ts'
import { ingressClass } from './program.ts'

export interface IngressController {
  /** The Service that a load balancer is bound to; its port is called `http`. */
  readonly service: { readonly namespace: string; readonly name: string }
}

const home = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller' }
const manager = 'helm'
const image = 'registry.k8s.io/ingress-nginx/controller:v1.2.1'

function manifests() {
  const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' }
  const container = { name: 'controller', image, ports: [{ name: 'http', containerPort: 80 }] }
  const template = { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 300 } }
  const metadata = { ...home, labels }
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }]
  return [
    { plural: 'namespaces', where: { name: home.namespace }, body: { metadata: { name: home.namespace } } },
    {
      plural: 'ingressclasses.networking.k8s.io',
      where: { name: ingressClass },
      body: { metadata: { name: ingressClass, labels }, spec: { controller: 'k8s.io/ingress-nginx' } },
    },
    { plural: 'services', where: home, body: { metadata, spec: { selector: labels, ports } } },
    {
      plural: 'deployments.apps',
      where: home,
      body: { metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template } },
    },
  ]
}

/** ingress-nginx as its chart installs it; resolves when pods of it are ready. It writes no address into Ingresses. */
export async function installIngressController({ api }: Context): Promise<IngressController> {
  for (const { plural, where, body } of manifests()) {
    await api.apply(api.resources.builtIn(plural), where, body, { manager, force: true })
  }
  await new Promise<void>((resolve) => {
    const look = () => {
      const { availableReplicas = 0 } = api.store.get<Deployment>('apps/deployments', home)?.status ?? {}
      if (availableReplicas === 0) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = api.store.subscribe(look)
    look()
  })
  return { service: home }
}
