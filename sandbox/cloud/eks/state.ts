import type {
  AccessEntry,
  Addon,
  AssociatedAccessPolicy,
  Cluster,
  Insight,
  Nodegroup,
  Update,
} from '@aws-sdk/client-eks'
import type { Having } from '../having.ts'

type Tagged = { tags: Record<string, string> }

/** Every `about` is what Describe answers, save what depends on other resources. */
export interface ClusterRecord {
  readonly about: Having<Cluster, 'name' | 'arn' | 'version' | 'status' | 'resourcesVpcConfig' | 'accessConfig'> &
    Tagged
  /** In the URLs of its API server and of its OIDC issuer. */
  readonly id: string
  /** The ARN of the user or the role that made it, who may administer a cluster without access entries for ever. */
  readonly creator: string
  readonly nodegroups: Map<string, NodegroupRecord>
  readonly addons: Map<string, AddonRecord>
  /** By the ARN of the principal. */
  readonly accessEntries: Map<string, AccessEntryRecord>
  /** By their ids. */
  readonly updates: Map<string, UpdateRecord>
  /** A scenario may write here what EKS would have found. */
  readonly insights: Insight[]
}

export interface NodegroupRecord {
  readonly about: Having<Nodegroup, 'nodegroupName' | 'nodegroupArn' | 'status' | 'version' | 'scalingConfig'> & Tagged
  /** The auto-scaling group of its machines, by name. */
  readonly group: string
  /** The launch template that EKS made for them, by name. */
  readonly template: string
}

export interface AddonRecord {
  readonly about: Having<Addon, 'addonName' | 'addonArn' | 'status' | 'addonVersion'> & Tagged
}

export interface AccessEntryRecord {
  readonly about: Having<AccessEntry, 'principalArn' | 'accessEntryArn'> & Tagged
  /** By their ARNs. */
  readonly policies: Map<string, AssociatedAccessPolicy>
}

export interface UpdateRecord {
  readonly about: Having<Update, 'id' | 'status'>
  /** Of the node group or add-on of that name; both undefined: of the cluster itself. */
  readonly nodegroupName: string | undefined
  readonly addonName: string | undefined
}

export interface EksState {
  /** By name. */
  readonly clusters: Map<string, ClusterRecord>
}

export function createEks(): EksState {
  return { clusters: new Map() }
}
