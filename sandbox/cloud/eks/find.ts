import type { World } from '../world.ts'
import { invalidRequest, notFound } from './errors.ts'
import type { AccessEntryRecord, AddonRecord, ClusterRecord, NodegroupRecord } from './state.ts'

export function clusterNamed(world: World, clusterName: string | undefined): ClusterRecord {
  const cluster = world.eks.clusters.get(clusterName ?? '')
  if (!cluster) throw notFound(`No cluster found for name: ${clusterName}.`, { clusterName })
  return cluster
}

/** What works on the cluster itself, or puts something into it, waits until it is there. */
export function activeCluster(world: World, clusterName: string | undefined): ClusterRecord {
  const cluster = clusterNamed(world, clusterName)
  const { status } = cluster.about
  if (status === 'CREATING' || status === 'DELETING' || status === 'FAILED') {
    throw invalidRequest(`Cluster '${clusterName}' is not in ACTIVE status, but ${status}`, { clusterName })
  }
  return cluster
}

export function nodegroupNamed(cluster: ClusterRecord, nodegroupName: string | undefined): NodegroupRecord {
  const nodegroup = cluster.nodegroups.get(nodegroupName ?? '')
  if (nodegroup) return nodegroup
  throw notFound(`No node group found for name: ${nodegroupName}.`, { clusterName: cluster.about.name, nodegroupName })
}

export function addonNamed(cluster: ClusterRecord, addonName: string | undefined): AddonRecord {
  const addon = cluster.addons.get(addonName ?? '')
  const clusterName = cluster.about.name
  if (addon) return addon
  throw notFound(`No addon: ${addonName} found in cluster: ${clusterName}`, { clusterName, addonName })
}

export function accessEntryOf(cluster: ClusterRecord, principalArn: string | undefined): AccessEntryRecord {
  const entry = cluster.accessEntries.get(principalArn ?? '')
  if (entry) return entry
  throw notFound(
    `The specified principalArn could not be found. You must view the available access entries for your cluster. ` +
      `Cluster: ${cluster.about.name}, principalArn: ${principalArn}`,
  )
}
