import { DescribeAddonVersionsCommand } from '@aws-sdk/client-eks'
import type { Properties } from '../properties.ts'
import type { Aws } from './aws.ts'
import { eksCluster } from './types/eks-cluster.ts'

/** The default version of an add-on for a version of Kubernetes, or the newest. */
export async function addonVersion(aws: Aws, args: Properties): Promise<Properties> {
  const { addonName, kubernetesVersion, mostRecent = false } = args as unknown as AddonVersionArgs
  const { addons = [] } = await aws.eks(new DescribeAddonVersionsCommand({ addonName, kubernetesVersion }))
  const versions = addons[0]?.addonVersions ?? []
  const found = mostRecent
    ? versions[0]
    : versions.find(({ compatibilities = [] }) => compatibilities.some(({ defaultVersion }) => defaultVersion))
  if (!found) throw new Error(`no EKS Add-On version of ${addonName} found for Kubernetes ${kubernetesVersion}`)
  return {
    id: addonName,
    addonName,
    kubernetesVersion,
    mostRecent,
    region: aws.region,
    version: found.addonVersion ?? '',
  }
}

interface AddonVersionArgs {
  readonly addonName: string
  readonly kubernetesVersion: string
  readonly mostRecent?: boolean
}

export async function clusterNamed(aws: Aws, { name }: Properties): Promise<Properties> {
  const id = typeof name === 'string' ? name : ''
  const [found, tags] = [await eksCluster.read(aws, id, {}), eksCluster.tagging]
  if (!found) throw new Error(`reading EKS Cluster (${id}): couldn't find resource`)
  const { certificateAuthority, ...rest } = found
  return {
    ...rest,
    // The function answers in lists what the resource has once.
    accessConfigs: [rest.accessConfig ?? {}],
    certificateAuthorities: [certificateAuthority ?? {}],
    kubernetesNetworkConfigs: [rest.kubernetesNetworkConfig ?? {}],
    upgradePolicies: [rest.upgradePolicy ?? {}],
    vpcConfig: rest.vpcConfig ?? {},
    id,
    region: aws.region,
    tags: (await tags?.read(aws, id, found)) ?? {},
  }
}
