import type {
  CreateNodegroupCommandInput,
  CreateNodegroupCommandOutput,
  DeleteNodegroupCommandInput,
  DeleteNodegroupCommandOutput,
  DescribeNodegroupCommandInput,
  DescribeNodegroupCommandOutput,
  ListNodegroupsCommandInput,
  ListNodegroupsCommandOutput,
  UpdateNodegroupConfigCommandInput,
  UpdateNodegroupConfigCommandOutput,
  UpdateNodegroupVersionCommandInput,
  UpdateNodegroupVersionCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import { admitNodes } from './access-entries.ts'
import { inUse, invalidRequest } from './errors.ts'
import { activeCluster, clusterNamed, nodegroupNamed } from './find.ts'
import { acceptNodegroup, acceptScaling, releaseOf, requireVersion } from './nodegroup-input.ts'
import { eksPage } from './pages.ts'
import { seconds } from './timing.ts'
import { startUpdate } from './updates.ts'

const createNodegroup: Operation<CreateNodegroupCommandInput, CreateNodegroupCommandOutput> = (world, input) => {
  const cluster = activeCluster(world, input.clusterName)
  const { clusterName, nodegroupName = '' } = input
  if (cluster.nodegroups.has(nodegroupName)) {
    const message = `NodeGroup already exists with name ${nodegroupName} and cluster name ${clusterName}`
    throw inUse(message, { clusterName, nodegroupName })
  }
  const about = acceptNodegroup(world, cluster, input)
  cluster.nodegroups.set(nodegroupName, { about })
  admitNodes(world, cluster, about.nodeRole ?? '')
  world.clock.after(seconds.createNodegroup, () => {
    if (about.status === 'CREATING') about.status = 'ACTIVE'
  })
  return { nodegroup: about }
}

const describeNodegroup: Operation<DescribeNodegroupCommandInput, DescribeNodegroupCommandOutput> = (world, input) => ({
  nodegroup: nodegroupNamed(clusterNamed(world, input.clusterName), input.nodegroupName).about,
})

const listNodegroups: Operation<ListNodegroupsCommandInput, ListNodegroupsCommandOutput> = (world, input) => {
  const names = [...clusterNamed(world, input.clusterName).nodegroups.keys()].sort()
  const { items, nextToken } = eksPage(names, input)
  return { nodegroups: items, nextToken }
}

/** What is changed here takes no new nodes. */
const updateNodegroupConfig: Operation<UpdateNodegroupConfigCommandInput, UpdateNodegroupConfigCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.clusterName)
  const { about } = nodegroupNamed(cluster, input.nodegroupName)
  requireActive(about.status, about.nodegroupName)
  const scalingConfig = acceptScaling(about.scalingConfig, input.scalingConfig)
  const labels = { ...about.labels, ...input.labels?.addOrUpdateLabels }
  for (const name of input.labels?.removeLabels ?? []) delete labels[name]
  const { addOrUpdateTaints = [], removeTaints = [] } = input.taints ?? {}
  const touched = new Set([...addOrUpdateTaints, ...removeTaints].map(({ key, effect }) => `${key}:${effect}`))
  const taints = [
    ...(about.taints ?? []).filter(({ key, effect }) => !touched.has(`${key}:${effect}`)),
    ...addOrUpdateTaints,
  ]
  const update = startUpdate(world, cluster, {
    type: 'ConfigUpdate',
    nodegroupName: about.nodegroupName,
    params: {
      MinSize: input.scalingConfig?.minSize,
      MaxSize: input.scalingConfig?.maxSize,
      DesiredSize: input.scalingConfig?.desiredSize,
      LabelsToAdd: input.labels?.addOrUpdateLabels,
      LabelsToRemove: input.labels?.removeLabels,
      TaintsToAdd: input.taints?.addOrUpdateTaints,
      TaintsToRemove: input.taints?.removeTaints,
      MaxUnavailable: input.updateConfig?.maxUnavailable,
      MaxUnavailablePercentage: input.updateConfig?.maxUnavailablePercentage,
    },
    seconds: seconds.scaleNodegroup,
    end: () => Object.assign(about, { status: 'ACTIVE', modifiedAt: new Date() }),
  })
  const updateConfig = input.updateConfig ?? about.updateConfig
  Object.assign(about, { scalingConfig, labels, updateConfig, status: 'UPDATING' })
  if (taints.length > 0 || about.taints) about.taints = taints
  return { update }
}

/** Without a version: to that of the cluster. Every node is replaced. */
const updateNodegroupVersion: Operation<UpdateNodegroupVersionCommandInput, UpdateNodegroupVersionCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.clusterName)
  const { about } = nodegroupNamed(cluster, input.nodegroupName)
  requireActive(about.status, about.nodegroupName)
  const version = input.version ?? cluster.about.version
  const releaseVersion = input.releaseVersion ?? releaseOf(version)
  requireVersion(cluster, version)
  const update = startUpdate(world, cluster, {
    type: 'VersionUpdate',
    nodegroupName: about.nodegroupName,
    params: { Version: version, ReleaseVersion: releaseVersion },
    seconds: seconds.rollNodegroup,
    end: () => {
      const launchTemplate = input.launchTemplate ? { launchTemplate: input.launchTemplate } : {}
      Object.assign(about, { version, releaseVersion, status: 'ACTIVE', modifiedAt: new Date() }, launchTemplate)
    },
  })
  about.status = 'UPDATING'
  return { update }
}

function requireActive(status: string, nodegroupName: string): void {
  if (status === 'CREATING' || status === 'DELETING') {
    throw invalidRequest(`Nodegroup ${nodegroupName} is ${status}`, { nodegroupName })
  }
}

const deleteNodegroup: Operation<DeleteNodegroupCommandInput, DeleteNodegroupCommandOutput> = (world, input) => {
  const cluster = clusterNamed(world, input.clusterName)
  const { about } = nodegroupNamed(cluster, input.nodegroupName)
  if (about.status !== 'DELETING') {
    about.status = 'DELETING'
    world.clock.after(seconds.deleteNodegroup, () => cluster.nodegroups.delete(about.nodegroupName))
  }
  return { nodegroup: about }
}

export const nodegroups: Operations = {
  CreateNodegroup: createNodegroup,
  DeleteNodegroup: deleteNodegroup,
  DescribeNodegroup: describeNodegroup,
  ListNodegroups: listNodegroups,
  UpdateNodegroupConfig: updateNodegroupConfig,
  UpdateNodegroupVersion: updateNodegroupVersion,
}
