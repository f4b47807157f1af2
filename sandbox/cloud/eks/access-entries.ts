import type {
  CreateAccessEntryCommandInput,
  CreateAccessEntryCommandOutput,
  DeleteAccessEntryCommandInput,
  DeleteAccessEntryCommandOutput,
  DescribeAccessEntryCommandInput,
  DescribeAccessEntryCommandOutput,
  ListAccessEntriesCommandInput,
  ListAccessEntriesCommandOutput,
  UpdateAccessEntryCommandInput,
  UpdateAccessEntryCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { accessEntryArn, accessPolicyArn } from './arns.ts'
import { inUse, invalidParameter, invalidRequest } from './errors.ts'
import { accessEntryOf, activeCluster, clusterNamed } from './find.ts'
import { eksPage } from './pages.ts'
import type { AccessEntryRecord, ClusterRecord } from './state.ts'

type Asked = Pick<CreateAccessEntryCommandInput, 'kubernetesGroups' | 'tags' | 'username' | 'type'>

export const hasEntries = (cluster: ClusterRecord): boolean =>
  cluster.about.accessConfig.authenticationMode !== 'CONFIG_MAP'

/** A cluster whose access entries are read and written; one with a ConfigMap alone has none. */
export function clusterWithEntries(world: World, clusterName: string | undefined): ClusterRecord {
  const cluster = clusterNamed(world, clusterName)
  if (hasEntries(cluster)) return cluster
  throw invalidRequest(
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
  )
}

function addEntry(world: World, cluster: ClusterRecord, principalArn: string, asked: Asked): AccessEntryRecord {
  const { type = 'STANDARD', kubernetesGroups = [], username, tags = {} } = asked
  const nodes = type !== 'STANDARD'
  const entry: AccessEntryRecord = {
    about: {
      clusterName: cluster.about.name,
      principalArn,
      kubernetesGroups: nodes ? ['system:nodes'] : kubernetesGroups,
      accessEntryArn: accessEntryArn(world, cluster.about.name, principalArn),
      createdAt: new Date(),
      modifiedAt: new Date(),
      tags,
      username: username ?? (nodes ? 'system:node:{{EC2PrivateDNSName}}' : usernameOf(principalArn)),
      type,
    },
    policies: new Map(),
  }
  cluster.accessEntries.set(principalArn, entry)
  return entry
}

/** What Kubernetes calls a principal: a role with the name of its session. */
function usernameOf(principalArn: string): string {
  const [, , , , account, resource = ''] = principalArn.split(':')
  const [kind, ...path] = resource.split('/')
  return kind === 'role' ? `arn:aws:sts::${account}:assumed-role/${path.at(-1)}/{{SessionName}}` : principalArn
}

/** Who creates a cluster may administer it, unless the request says otherwise. */
export function bootstrapAdministrator(world: World, cluster: ClusterRecord): void {
  if (!hasEntries(cluster) || !cluster.about.accessConfig.bootstrapClusterCreatorAdminPermissions) return
  const { policies } = addEntry(world, cluster, cluster.creator, {})
  const policyArn = accessPolicyArn('AmazonEKSClusterAdminPolicy')
  const now = new Date()
  policies.set(policyArn, {
    policyArn,
    accessScope: { type: 'cluster', namespaces: [] },
    associatedAt: now,
    modifiedAt: now,
  })
}

/** EKS lets the nodes of its node groups in by itself; the entry outlives the node group. */
export function admitNodes(world: World, cluster: ClusterRecord, nodeRole: string): void {
  if (!hasEntries(cluster) || cluster.accessEntries.has(nodeRole)) return
  addEntry(world, cluster, nodeRole, { type: 'EC2_LINUX' })
}

const types = ['STANDARD', 'EC2_LINUX', 'EC2_WINDOWS', 'FARGATE_LINUX', 'EC2', 'HYBRID_LINUX', 'HYPERPOD_LINUX']

const createAccessEntry: Operation<CreateAccessEntryCommandInput, CreateAccessEntryCommandOutput> = (world, input) => {
  const cluster = clusterWithEntries(world, input.clusterName)
  activeCluster(world, input.clusterName)
  const { principalArn = '', type = 'STANDARD' } = input
  if (!/^arn:aws:iam::\d{12}:(user|role)\/./.test(principalArn)) {
    throw invalidParameter('The specified principalArn is invalid: invalid principal.')
  }
  if (!types.includes(type))
    throw invalidParameter(`The specified type is invalid. Valid values are: ${types.join(', ')}`)
  if (type !== 'STANDARD' && (input.kubernetesGroups?.length || input.username)) {
    throw invalidParameter(`The specified type ${type} does not accept kubernetesGroups or a username`)
  }
  requireGroups(input.kubernetesGroups)
  if (cluster.accessEntries.has(principalArn)) {
    throw inUse('The specified access entry resource is already in use on this cluster.')
  }
  return { accessEntry: addEntry(world, cluster, principalArn, input).about }
}

function requireGroups(groups: readonly string[] | undefined): void {
  const reserved = groups?.find((group) => /^(system|eks|aws|amazon|iam):/.test(group))
  if (reserved) {
    throw invalidParameter(
      `The kubernetes group name ${reserved} is invalid, it cannot start with system:, eks:, aws:, amazon: or iam:`,
    )
  }
}

const describeAccessEntry: Operation<DescribeAccessEntryCommandInput, DescribeAccessEntryCommandOutput> = (
  world,
  input,
) => ({ accessEntry: accessEntryOf(clusterWithEntries(world, input.clusterName), input.principalArn).about })

const listAccessEntries: Operation<ListAccessEntriesCommandInput, ListAccessEntriesCommandOutput> = (world, input) => {
  const { associatedPolicyArn: policy } = input
  const arns = [...clusterWithEntries(world, input.clusterName).accessEntries.values()]
    .filter(({ policies }) => policy === undefined || policies.has(policy))
    .map(({ about }) => about.principalArn)
  const { items, nextToken } = eksPage(arns, input)
  return { accessEntries: items, nextToken }
}

const updateAccessEntry: Operation<UpdateAccessEntryCommandInput, UpdateAccessEntryCommandOutput> = (world, input) => {
  const { about } = accessEntryOf(clusterWithEntries(world, input.clusterName), input.principalArn)
  if (about.type !== 'STANDARD') throw invalidRequest(`An access entry of type ${about.type} cannot be updated`)
  requireGroups(input.kubernetesGroups)
  if (input.kubernetesGroups !== undefined) about.kubernetesGroups = input.kubernetesGroups
  if (input.username !== undefined) about.username = input.username
  about.modifiedAt = new Date()
  return { accessEntry: about }
}

const deleteAccessEntry: Operation<DeleteAccessEntryCommandInput, DeleteAccessEntryCommandOutput> = (world, input) => {
  const cluster = clusterWithEntries(world, input.clusterName)
  cluster.accessEntries.delete(accessEntryOf(cluster, input.principalArn).about.principalArn)
  return {}
}

export const accessEntries: Operations = {
  CreateAccessEntry: createAccessEntry,
  DeleteAccessEntry: deleteAccessEntry,
  DescribeAccessEntry: describeAccessEntry,
  ListAccessEntries: listAccessEntries,
  UpdateAccessEntry: updateAccessEntry,
}
