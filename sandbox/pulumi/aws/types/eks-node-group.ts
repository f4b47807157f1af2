import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type CreateNodegroupCommandInput,
  type LaunchTemplateSpecification,
  type Nodegroup,
  type Taint,
} from '@aws-sdk/client-eks'
import type { eks } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { eksTagging } from '../tags.ts'
import { nodeGroupSchema } from './eks-node-group-schema.ts'
import { untilUpdated } from './eks-updates.ts'

type State = Unwrap<eks.NodeGroupState>

/** The official provider's own time-out, for coming up as for going away. */
const timeoutSeconds = 60 * 60

const missing = 'ResourceNotFound'

export const eksNodeGroup = resourceType<State>({
  token: 'aws:eks/nodeGroup:NodeGroup',
  label: 'EKS Node Group',
  tagging: eksTagging('arn'),
  schema: nodeGroupSchema,

  async create(aws, planned) {
    const name = planned.nodeGroupName ?? uniqueName(planned.nodeGroupNamePrefix ?? 'terraform-')
    await aws.eks(new CreateNodegroupCommand(creation(planned, name)))
    return `${planned.clusterName}:${name}`
  },

  async complete(aws, id) {
    await poll({ signal: aws.signal, timeoutSeconds, what: `node group ${id}` }, async () => {
      const { nodegroup } = await aws.eks(new DescribeNodegroupCommand(partsOf(id)))
      if (nodegroup?.status === 'CREATE_FAILED')
        throw new Error(`unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: ${issuesOf(nodegroup)}`)
      return nodegroup?.status === 'ACTIVE' ? id : undefined
    })
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.eks(new DescribeNodegroupCommand(partsOf(id))), missing)
    return found?.nodegroup && fromNodegroup(found.nodegroup, prior)
  },

  async update(aws, id, planned, changed, prior) {
    const parts = partsOf(id)
    const updated = { name: parts.clusterName, nodegroupName: parts.nodegroupName }
    if (['version', 'releaseVersion', 'launchTemplate'].some((name) => changed.has(name as keyof State))) {
      const { update } = await aws.eks(
        new UpdateNodegroupVersionCommand({ ...parts, ...versionChange(planned, changed) }),
      )
      await untilUpdated(aws, updated, update)
    }
    if (['labels', 'scalingConfig', 'taints', 'updateConfig'].some((name) => changed.has(name as keyof State))) {
      const { update } = await aws.eks(
        new UpdateNodegroupConfigCommand({ ...parts, ...configChange(planned, changed, prior) }),
      )
      await untilUpdated(aws, updated, update)
    }
  },

  async delete(aws, id) {
    await unlessMissing(aws.eks(new DeleteNodegroupCommand(partsOf(id))), missing)
    await untilGone(aws, id)
  },
})

async function untilGone(aws: Aws, id: string): Promise<void> {
  await poll({ signal: aws.signal, timeoutSeconds, what: `node group ${id} to go away` }, async () => {
    const found = await unlessMissing(aws.eks(new DescribeNodegroupCommand(partsOf(id))), missing)
    if (found?.nodegroup?.status === 'DELETE_FAILED')
      throw new Error(`unexpected state 'DELETE_FAILED', wanted target ''. last error: ${issuesOf(found.nodegroup)}`)
    return found ? undefined : id
  })
}

function partsOf(id: string): { clusterName: string; nodegroupName: string } {
  const [clusterName, nodegroupName] = id.split(':')
  if (!clusterName || !nodegroupName)
    throw new Error(`unexpected format of ID (${id}), expected cluster-name:node-group-name`)
  return { clusterName, nodegroupName }
}

function creation(planned: State, nodegroupName: string): CreateNodegroupCommandInput {
  const { launchTemplate, remoteAccess, taints, updateConfig } = planned
  return {
    clusterName: planned.clusterName,
    nodegroupName,
    nodeRole: planned.nodeRoleArn,
    subnets: planned.subnetIds,
    scalingConfig: planned.scalingConfig,
    ...({
      ...(planned.amiType && { amiType: planned.amiType }),
      ...(planned.capacityType && { capacityType: planned.capacityType }),
    } as Pick<CreateNodegroupCommandInput, 'amiType' | 'capacityType'>),
    ...(planned.diskSize && { diskSize: planned.diskSize }),
    ...(planned.instanceTypes?.length && { instanceTypes: planned.instanceTypes }),
    ...(planned.labels && { labels: planned.labels }),
    ...(launchTemplate && { launchTemplate: templateOf(launchTemplate) }),
    ...(planned.releaseVersion && { releaseVersion: planned.releaseVersion }),
    ...(remoteAccess && {
      remoteAccess: {
        ec2SshKey: remoteAccess.ec2SshKey,
        sourceSecurityGroups: remoteAccess.sourceSecurityGroupIds,
      },
    }),
    ...(taints?.length && { taints: taints as Taint[] }),
    ...(updateConfig && { updateConfig: updateConfig as CreateNodegroupCommandInput['updateConfig'] }),
    ...(planned.version && { version: planned.version }),
    tags: planned.tagsAll,
  }
}

/** By its id, or by its name where the program has no id. */
function templateOf({ id, name, version }: NonNullable<State['launchTemplate']>): LaunchTemplateSpecification {
  return { ...(id ? { id } : { name }), version }
}

function versionChange(planned: State, changed: ReadonlySet<keyof State>) {
  const { forceUpdateVersion: force, launchTemplate, releaseVersion, version } = planned
  return {
    ...(force && { force }),
    ...(changed.has('launchTemplate') && launchTemplate && { launchTemplate: templateOf(launchTemplate) }),
    ...(changed.has('releaseVersion') && { releaseVersion }),
    ...(changed.has('version') && { version }),
  }
}

function configChange(planned: State, changed: ReadonlySet<keyof State>, prior: State) {
  const [labels, before] = [planned.labels ?? {}, prior.labels ?? {}]
  const [taints, beforeTaints] = [planned.taints ?? [], prior.taints ?? []]
  const keyOf = ({ key, effect }: { key: string; effect: string }) => `${key} ${effect}`
  return {
    ...(changed.has('labels') && {
      labels: {
        addOrUpdateLabels: Object.fromEntries(Object.entries(labels).filter(([key, value]) => before[key] !== value)),
        removeLabels: Object.keys(before).filter((key) => !(key in labels)),
      },
    }),
    ...(changed.has('scalingConfig') && { scalingConfig: planned.scalingConfig }),
    ...(changed.has('taints') && {
      taints: {
        addOrUpdateTaints: taints as Taint[],
        removeTaints: beforeTaints.filter((taint) => !taints.some((one) => keyOf(one) === keyOf(taint))) as Taint[],
      },
    }),
    ...(changed.has('updateConfig') && {
      updateConfig: planned.updateConfig as CreateNodegroupCommandInput['updateConfig'],
    }),
  }
}

function fromNodegroup(nodegroup: Nodegroup, prior: State): State {
  const { launchTemplate, remoteAccess, resources, scalingConfig, taints = [], updateConfig } = nodegroup
  return {
    amiType: nodegroup.amiType,
    arn: nodegroup.nodegroupArn,
    capacityType: nodegroup.capacityType,
    clusterName: nodegroup.clusterName,
    diskSize: nodegroup.diskSize,
    forceUpdateVersion: prior.forceUpdateVersion,
    instanceTypes: nodegroup.instanceTypes,
    labels: nodegroup.labels,
    ...(launchTemplate && { launchTemplate: launchTemplate as NonNullable<State['launchTemplate']> }),
    nodeGroupName: nodegroup.nodegroupName,
    nodeGroupNamePrefix: prefixOf(nodegroup.nodegroupName),
    nodeRoleArn: nodegroup.nodeRole,
    releaseVersion: nodegroup.releaseVersion,
    ...(remoteAccess && {
      remoteAccess: {
        ec2SshKey: remoteAccess.ec2SshKey,
        sourceSecurityGroupIds: remoteAccess.sourceSecurityGroups,
      },
    }),
    resources: [
      {
        autoscalingGroups: (resources?.autoScalingGroups ?? []).map(({ name = '' }) => ({ name })),
        remoteAccessSecurityGroupId: resources?.remoteAccessSecurityGroup ?? '',
      },
    ],
    scalingConfig: scalingConfig as State['scalingConfig'],
    status: nodegroup.status,
    subnetIds: nodegroup.subnets,
    taints: taints as NonNullable<State['taints']>,
    updateConfig,
    version: nodegroup.version,
  }
}

function issuesOf({ health }: Nodegroup): string {
  return (health?.issues ?? []).map(({ code, message }) => `${code}: ${message}`).join(', ')
}
