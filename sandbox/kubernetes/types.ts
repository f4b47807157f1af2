import type { KubernetesObject } from './object.ts'

/** The parts of the built-in kinds that the controllers, the kubelet and the load-balancer controller read and write. */

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[]
}

export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
}

export interface Container {
  name: string
  image?: string
  env?: { name: string; value?: string }[]
  ports?: { name?: string; containerPort: number; protocol?: string }[]
}

interface PodSpec {
  containers: Container[]
  nodeName?: string
  terminationGracePeriodSeconds?: number
}

export interface ContainerStatus {
  name: string
  ready: boolean
  started: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  state: { running?: { startedAt: string }; waiting?: { reason: string; message?: string } }
}

export type Pod = KubernetesObject<{
  spec: PodSpec
  status?: {
    phase?: string
    podIP?: string
    hostIP?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
  }
}>

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: PodSpec
}

export type ReplicaSet = KubernetesObject<{
  spec: { replicas?: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate }
  status?: {
    replicas: number
    fullyLabeledReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    observedGeneration?: number
  }
}>

export type Deployment = KubernetesObject<{
  spec: {
    replicas?: number
    minReadySeconds?: number
    paused?: boolean
    progressDeadlineSeconds?: number
    revisionHistoryLimit?: number
    selector: LabelSelector
    strategy?: {
      type?: string
      rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string }
    }
    template: PodTemplate
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    unavailableReplicas?: number
    conditions?: Condition[]
  }
}>

export interface ServicePort {
  name?: string
  protocol?: string
  port: number
  targetPort?: number | string
  nodePort?: number
  appProtocol?: string
}

export type Service = KubernetesObject<{
  spec: {
    type?: string
    clusterIP?: string
    clusterIPs?: string[]
    selector?: Record<string, string>
    ports?: ServicePort[]
    publishNotReadyAddresses?: boolean
    externalTrafficPolicy?: string
    healthCheckNodePort?: number
  }
}>

export interface IngressBackend {
  service?: { name: string; port?: { name?: string; number?: number } }
}

export interface IngressPath {
  path?: string
  pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific'
  backend: IngressBackend
}

export type Ingress = KubernetesObject<{
  spec?: {
    ingressClassName?: string
    defaultBackend?: IngressBackend
    rules?: { host?: string; http?: { paths: IngressPath[] } }[]
  }
}>

interface TargetReference {
  kind: string
  namespace?: string
  name: string
  uid: string
}

export interface EndpointAddress {
  ip: string
  nodeName?: string
  targetRef?: TargetReference
}

export interface EndpointPort {
  name?: string
  port: number
  protocol?: string
  appProtocol?: string
}

export interface EndpointSubset {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: EndpointPort[]
}

export type Endpoints = KubernetesObject<{ subsets?: EndpointSubset[] }>

export interface SliceEndpoint {
  addresses: string[]
  conditions: { ready: boolean; serving?: boolean; terminating?: boolean }
  nodeName?: string
  zone?: string
  targetRef?: TargetReference
}

export type EndpointSlice = KubernetesObject<{
  addressType: string
  endpoints: SliceEndpoint[]
  ports: EndpointPort[]
}>

export type Node = KubernetesObject<{
  spec: { providerID?: string; unschedulable?: boolean }
  status?: { conditions?: Condition[]; addresses?: { type: string; address: string }[] }
}>
