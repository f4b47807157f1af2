import { clusterLogical, clusterTags } from '../names.ts'
import type { ClusterConfig, NodeGroupConfig } from './config.ts'
import { controllerPolicy, denyBlue, type PolicyDocument } from './controller-policy.ts'
import type { ClusterSite, ClusterStage } from './stage.ts'
import { partitionOf, trustSid } from './trust.ts'

/** Everything that the program will make; no name, policy or version is chosen after this. */
export interface ClusterPlan {
  readonly name: string
  readonly region: string
  readonly version: string
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly endpoint: {
    readonly public: boolean
    readonly private: boolean
    readonly publicCidrs: readonly string[] | null
  }
  readonly deletionProtection: boolean
  /** The cluster goes: what it can no longer confirm as deleted is gone with it. */
  readonly deleteUnreachable: boolean
  /** Those that the cluster component makes itself, before there is a node. */
  readonly ownAddons: { readonly vpcCni: string; readonly kubeProxy: string }
  /** Those that need a node to become active. */
  readonly addons: readonly AddonPlan[]
  readonly nodeGroups: readonly NodeGroupPlan[]
  /** Managed policies that nodes need, by ARN. */
  readonly nodePolicies: readonly string[]
  readonly access: readonly AccessPlan[]
  readonly controller: ControllerPlan | null
  readonly trust: { readonly sid: string; readonly roles: readonly TrustPlan[] }
  readonly tags: Readonly<Record<string, string>>
}

export interface AddonPlan {
  readonly logicalName: string
  readonly addonName: string
  readonly version: string
}

export interface NodeGroupPlan extends NodeGroupConfig {
  readonly logicalName: string
}

export interface AccessPlan {
  readonly principalArn: string
  readonly policyArn: string | null
  /** null: the whole cluster */
  readonly namespaces: readonly string[] | null
  readonly groups: readonly string[]
}

export interface ControllerPlan {
  readonly chartVersion: string
  readonly namespace: string
  readonly serviceAccount: string
  readonly allow: PolicyDocument
  /** null: blue has no target group that could be harmed */
  readonly deny: PolicyDocument | null
}

export interface TrustPlan {
  readonly logicalName: string
  readonly role: string
  readonly serviceAccounts: readonly string[]
  readonly trust: 'granted' | 'withdrawn'
}

/** Where the charts of https://aws.github.io/eks-charts install the controller. */
const controllerHome = { namespace: 'kube-system', serviceAccount: 'aws-load-balancer-controller' }

/** What is wanted, as far as the stage still wants it. */
const kept = <T extends { readonly logicalName: string }>(things: readonly T[], { only }: ClusterStage): T[] =>
  things.filter(({ logicalName }) => only === null || only.includes(logicalName))

/** Pure. Throws when something is longer than AWS takes it. */
export function plan(site: ClusterSite, stage: ClusterStage): ClusterPlan {
  const { migration, region, config } = site
  const { endpointAccess: { public: isPublic = true, private: isPrivate = true, publicCidrs = null } = {} } = config
  const { ownAddons, addons } = addonPlans(site)
  const nodeGroups = config.nodeGroups.map((group) => ({ ...group, logicalName: clusterLogical.nodeGroup(group.name) }))
  const trusted = stage.roles.map((role) => ({ ...role, logicalName: clusterLogical.trustedRole(role.role) }))
  return {
    name: config.cluster,
    region,
    version: config.version,
    vpcId: config.network.vpcId,
    subnetIds: config.network.subnetIds,
    endpoint: { public: isPublic, private: isPrivate, publicCidrs },
    deletionProtection: stage.name === 'built',
    deleteUnreachable: stage.name === 'unprotected',
    ownAddons,
    addons: kept(addons, stage),
    nodeGroups: kept(nodeGroups, stage),
    nodePolicies: nodePolicies.map((name) => `arn:${partitionOf(region)}:iam::aws:policy/${name}`),
    access: accessPlans(config, partitionOf(region)),
    controller: stage.only?.includes(clusterLogical.controller) === false ? null : controllerPlan(site),
    trust: {
      sid: trustSid(migration),
      roles: kept(trusted, stage),
    },
    tags: { ...config.tags, ...clusterTags(migration) },
  }
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
const nodePolicies = ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryReadOnly']

/** Add-ons that every cluster has, whether the inventory names them or not. */
export const baseAddons = ['vpc-cni', 'kube-proxy', 'coredns'] as const

/**
 * A Deployment is never active on a cluster without nodes, and the cluster component would wait for it, so all but the two that
 * are DaemonSets come after the nodes.
 */
function addonPlans({ addons, config }: ClusterSite): Pick<ClusterPlan, 'addons' | 'ownAddons'> {
  const versionOf = (name: string): string => {
    const version = addons[name]
    if (!version) throw new Error(`no version of the add-on ${name} is pinned for Kubernetes ${config.version}`)
    return version
  }
  const later = [
    'coredns',
    ...Object.keys(addons)
      .filter((name) => !(baseAddons as readonly string[]).includes(name))
      .sort(),
  ]
  return {
    ownAddons: { vpcCni: versionOf('vpc-cni'), kubeProxy: versionOf('kube-proxy') },
    addons: later.map((addonName) => ({
      logicalName: clusterLogical.addon(addonName),
      addonName,
      version: versionOf(addonName),
    })),
  }
}

const accessPlans = ({ access = [] }: ClusterConfig, partition: string): AccessPlan[] =>
  access.map(({ principal, policy, namespaces = null, groups = [] }) => ({
    principalArn: principal,
    policyArn: policy ? `arn:${partition}:eks::aws:cluster-access-policy/${policy}` : null,
    namespaces,
    groups,
  }))

function controllerPlan({ config, region, blueTargetGroups }: ClusterSite): ControllerPlan | null {
  const { loadBalancerController: wanted = false, version } = config
  if (wanted === false) return null
  return {
    ...controllerHome,
    chartVersion: wanted === true ? defaultChart(version) : wanted.chartVersion,
    allow: controllerPolicy(partitionOf(region)),
    deny: denyBlue(blueTargetGroups),
  }
}

/** Controller 2.4.5 is the newest that runs on 1.21; from 1.22 on it is 2.5 and later (docs/deploy/installation.md of the controller). */
const defaultChart = (version: string): string => (Number(version.split('.')[1]) < 22 ? '1.4.6' : '1.13.4')
