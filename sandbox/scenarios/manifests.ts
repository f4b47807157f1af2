import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node'
import type { Cluster } from '../kubernetes/cluster.ts'

export interface Deployed {
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  readonly version: string
  /** Its Service is reached on every node at this port. */
  readonly nodePort?: number
}

const containerPort = 8080

/** A Deployment and its Service, as they stand in the team's repository: the same for both clusters. */
export const manifestsOf = ({ namespace, name, replicas, version, nodePort }: Deployed): KubernetesObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels: { 'app.kubernetes.io/name': name } },
    spec: {
      replicas,
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': name } },
        spec: {
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name,
              image: `registry.example/${name}:${version}`,
              ports: [{ name: 'http', containerPort }],
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
            },
          ],
        },
      },
    },
  } as KubernetesObject,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: {
      selector: { 'app.kubernetes.io/name': name },
      ...(nodePort === undefined ? {} : { type: 'NodePort' }),
      ports: [{ name: 'http', port: 80, targetPort: 'http', ...(nodePort === undefined ? {} : { nodePort }) }],
    },
  } as KubernetesObject,
]

/** A binding of the team's own, without the labels that the controller puts on those that it makes. */
export const bindingOf = (namespace: string, name: string, targetGroupARN: string): KubernetesObject =>
  ({
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { namespace, name },
    spec: { serviceRef: { name, port: 80 }, targetGroupARN, targetType: 'ip' },
  }) as KubernetesObject

export const namespaceOf = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
})

/** Creates objects in order, through the cluster's API as its users do. */
export async function create(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  const api = KubernetesObjectApi.makeApiClient(config)
  for (const object of objects) await api.create(object)
}
