import type { KubernetesObject } from '@kubernetes/client-node'
import { manifestsOf } from '../manifests.ts'

export const namespace = 'omnious'

/** What the company serves: two services behind each kind of front door. The same manifests are applied to both clusters. */
export const services = {
  tagger: { nodePort: 30_081 },
  stream: { nodePort: 30_082 },
  lens: {},
  trend: {},
  search: {},
  home: {},
  api: { hosts: ['api.omnious.internal'] },
  console: { hosts: ['console.omnious.internal', 'status.omnious.internal'] },
} as const satisfies Readonly<Record<string, Exposure>>

interface Exposure {
  readonly nodePort?: number
  /** Behind the cluster's ingress controller. */
  readonly hosts?: readonly string[]
}

export type ServiceName = keyof typeof services

export const serviceOf = (name: ServiceName) => ({ namespace, name, port: 80 })

/** What a pod's answer is told by, in each entry of the inventory. */
export const marker = { json: '/cluster' } as const

export const serviceManifests = (): KubernetesObject[] =>
  Object.entries<Exposure>(services).flatMap(([name, { hosts = [], ...more }]) => [
    ...manifestsOf({ namespace, name, replicas: 2, version: '1', ...more }),
    ...(hosts.length > 0 ? [ingressOf(name, hosts)] : []),
  ])

const ingressOf = (name: string, hosts: readonly string[]): KubernetesObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name },
    spec: {
      ingressClassName: 'nginx',
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }],
        },
      })),
    },
  }) as KubernetesObject
