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
import type { World } from '../world.ts'
import { admitNodes } from './access-entries.ts'
import { inUse, invalidRequest } from './errors.ts'
import { activeCluster, clusterNamed, nodegroupNamed } from './find.ts'
import {
  acceptLaunchTemplate,
  addMachines,
  forgetMachines,
  hasMachines,
  removeMachines,
  replaceMachines,
  resizeMachines,
} from './machines.ts'
import { acceptNodegroup, acceptScaling, releaseOf, requireVersion } from './nodegroup-input.ts'
import { eksPage } from './pages.ts'
import type { ClusterRecord, NodegroupRecord } from './state.ts'
import { seconds } from './timing.ts'
import { startUpdate } from './updates.ts'

const createNodegroup: Operation<CreateNodegroupCommandInput, CreateNodegroupCommandOutput> = (world, input) => {
  const cluster = activeCluster(world, input.clusterName)
  const { clusterName, nodegroupName = '' } = input
  if (cluster.nodegroups.has(nodegroupName)) {
    const message = `NodeGroup already exists with name ${nodegroupName} and cluster name ${clusterName}`
    throw inUse(message, { clusterName, nodegroupName })
  }
  const nodegroup = acceptNodegroup(world, cluster, input)
  const { about } = nodegroup
  addMachines(world, cluster, nodegroup)
  cluster.nodegroups.set(nodegroupName, nodegroup)
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

/** What is changed here takes no new nodes, but as many as are asked for. */
const updateNodegroupConfig: Operation<UpdateNodegroupConfigCommandInput, UpdateNodegroupConfigCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.clusterName)
  const nodegroup = nodegroupNamed(cluster, input.nodegroupName)
  const { about } = nodegroup
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
    about,
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
    end: () => Object.assign(about, { modifiedAt: new Date() }),
  })
  const updateConfig = input.updateConfig ?? about.updateConfig
  Object.assign(about, { scalingConfig, labels, updateConfig })
  if (taints.length > 0 || about.taints) about.taints = taints
  resizeMachines(world, nodegroup)
  return { update }
}

/** Without a version: to that of the cluster. Every node is replaced. */
const updateNodegroupVersion: Operation<UpdateNodegroupVersionCommandInput, UpdateNodegroupVersionCommandOutput> = (
  world,
  input,
) => {
  const cluster = activeCluster(world, input.clusterName)
  const nodegroup = nodegroupNamed(cluster, input.nodegroupName)
  const { about } = nodegroup
  requireActive(about.status, about.nodegroupName)
  const launchTemplate = acceptLaunchTemplate(world, input)
  const version = input.version ?? cluster.about.version
  const releaseVersion = input.releaseVersion ?? releaseOf(version)
  requireVersion(cluster, version)
  const update = startUpdate(world, cluster, {
    about,
    type: 'VersionUpdate',
    nodegroupName: about.nodegroupName,
    params: { Version: version, ReleaseVersion: releaseVersion },
    seconds: seconds.rollNodegroup,
    end: () => Object.assign(about, { version, releaseVersion, modifiedAt: new Date() }),
  })
  if (launchTemplate) about.launchTemplate = launchTemplate
  replaceMachines(world, cluster, nodegroup, seconds.rollNodegroup)
  return { update }
}

function requireActive(status: string, nodegroupName: string): void {
  if (status === 'CREATING' || status === 'DELETING') {
    throw invalidRequest(`Nodegroup ${nodegroupName} is ${status}`, { nodegroupName })
  }
}

const deleteNodegroup: Operation<DeleteNodegroupCommandInput, DeleteNodegroupCommandOutput> = (world, input) => {
  const cluster = clusterNamed(world, input.clusterName)
  const nodegroup = nodegroupNamed(cluster, input.nodegroupName)
  const { about } = nodegroup
  if (about.status !== 'DELETING') {
    about.status = 'DELETING'
    removeMachines(world, nodegroup)
    world.clock.after(seconds.deleteNodegroup, () => finishDeletion(world, cluster, nodegroup))
  }
  return { nodegroup: about }
}

/** Draining may take longer than the rest: targets keep their connections for the delay of their groups. */
function finishDeletion(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  if (hasMachines(world, nodegroup.group)) {
    world.clock.after(seconds.look, () => finishDeletion(world, cluster, nodegroup))
    return
  }
  forgetMachines(world, nodegroup)
  cluster.nodegroups.delete(nodegroup.about.nodegroupName)
}

export const nodegroups: Operations = {
  CreateNodegroup: createNodegroup,
  DeleteNodegroup: deleteNodegroup,
  DescribeNodegroup: describeNodegroup,
  ListNodegroups: listNodegroups,
  UpdateNodegroupConfig: updateNodegroupConfig,
  UpdateNodegroupVersion: updateNodegroupVersion,
}
