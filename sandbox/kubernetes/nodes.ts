import type { Api } from './registry/api.ts'
import { timestamp } from './object.ts'
import { versionInfo } from './versions.ts'

/** A worker node: an EC2 instance that has joined the cluster. */
export interface NodeOptions {
  /** `i-0…`: what instance targets and the provider ID name. */
  instanceId: string
  /** Its private address in the VPC. */
  ip: string
  /** Availability zone: `ap-northeast-2a`. */
  zone: string
  /** m6i.large unless said. */
  instanceType?: string
  /** Beside those that every node has. */
  labels?: Readonly<Record<string, string>>
}

const conditions = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

/** The DNS name that EC2 gives an address, by which EKS names its nodes. */
export const nodeName = (ip: string, region: string): string =>
  `ip-${ip.replaceAll('.', '-')}.${region}.compute.internal`

export async function registerNode(
  api: Api,
  node: NodeOptions,
  cluster: { version: string; region: string },
): Promise<void> {
  const name = nodeName(node.ip, cluster.region)
  const now = timestamp()
  const size = { cpu: '2', memory: '8Gi', pods: '29', 'ephemeral-storage': '80Gi' }
  const body = {
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': node.instanceType ?? 'm6i.large',
        'topology.kubernetes.io/region': cluster.region,
        'topology.kubernetes.io/zone': node.zone,
        ...node.labels,
      },
    },
    spec: { providerID: `aws:///${node.zone}/${node.instanceId}` },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.ip },
        { type: 'Hostname', address: name },
        { type: 'InternalDNS', address: name },
      ],
      allocatable: size,
      capacity: size,
      conditions: conditions.map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      })),
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'containerd://1.6.6',
        kernelVersion: '5.10.149-133.644.amzn2.x86_64',
        kubeProxyVersion: versionInfo(cluster.version).gitVersion,
        kubeletVersion: versionInfo(cluster.version).gitVersion,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'Amazon Linux 2',
        systemUUID: '',
      },
    },
  }
  await api.create(api.resources.builtIn('nodes'), body, {}, { manager: 'kubelet' })
}
