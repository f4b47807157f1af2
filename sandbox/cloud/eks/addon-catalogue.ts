import { minorOf } from './versions.ts'

/** One version of an add-on and the Kubernetes minor versions (1.x) that it works with, both ends included. */
interface AddonRelease {
  readonly version: string
  readonly from: number
  readonly to: number
}

export interface CatalogueEntry {
  readonly name: string
  readonly type: string
  readonly requiresIamPermissions: boolean
  /** The oldest first; the default of a Kubernetes version is the newest that works with it. */
  readonly releases: readonly AddonRelease[]
}

const newestMinor = 36

const release = (version: string, from: number, to: number): AddonRelease => ({ version, from, to })

/** A kube-proxy for each version of Kubernetes. */
const kubeProxies = Array.from({ length: newestMinor - 20 }, (_, index) => index + 21).map((minor) =>
  release(`v1.${minor}.2-eksbuild.1`, minor, minor),
)

/**
 * Few versions of each add-on, and of each Kubernetes version one default. The minor versions follow EKS's tables
 * (https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html and its neighbours), the builds are ours.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    name: 'vpc-cni',
    type: 'networking',
    requiresIamPermissions: true,
    releases: [
      release('v1.11.4-eksbuild.1', 21, 24),
      release('v1.12.6-eksbuild.2', 23, 27),
      release('v1.18.1-eksbuild.1', 25, 31),
      release('v1.19.5-eksbuild.1', 27, 33),
      release('v1.20.4-eksbuild.1', 29, newestMinor),
    ],
  },
  {
    name: 'coredns',
    type: 'networking',
    requiresIamPermissions: false,
    releases: [
      release('v1.8.4-eksbuild.1', 21, 22),
      release('v1.8.7-eksbuild.1', 22, 23),
      release('v1.9.3-eksbuild.2', 24, 26),
      release('v1.10.1-eksbuild.1', 27, 28),
      release('v1.11.1-eksbuild.4', 29, 30),
      release('v1.11.3-eksbuild.1', 30, 31),
      release('v1.11.4-eksbuild.2', 32, 33),
      release('v1.12.1-eksbuild.2', 33, newestMinor),
    ],
  },
  { name: 'kube-proxy', type: 'networking', requiresIamPermissions: false, releases: kubeProxies },
  {
    name: 'aws-ebs-csi-driver',
    type: 'storage',
    requiresIamPermissions: true,
    releases: [
      release('v1.14.0-eksbuild.1', 21, 26),
      release('v1.31.0-eksbuild.1', 25, 31),
      release('v1.44.0-eksbuild.1', 29, newestMinor),
    ],
  },
  {
    name: 'eks-pod-identity-agent',
    type: 'security',
    requiresIamPermissions: false,
    releases: [release('v1.3.4-eksbuild.1', 24, newestMinor)],
  },
]

export const worksWith = (release: AddonRelease, kubernetesVersion: string): boolean =>
  minorOf(kubernetesVersion) >= release.from && minorOf(kubernetesVersion) <= release.to

export const defaultRelease = (entry: CatalogueEntry, kubernetesVersion: string): AddonRelease | undefined =>
  entry.releases.findLast((release) => worksWith(release, kubernetesVersion))
