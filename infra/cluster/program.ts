import * as aws from '@pulumi/aws'
import * as eks from '@pulumi/eks'
import * as kubernetes from '@pulumi/kubernetes'
import * as pulumi from '@pulumi/pulumi'
import { clusterIdentifier, clusterLogical } from '../names.ts'
import { awsTokenCommand, kubeconfig, type TokenCommand } from './kubeconfig.ts'
import { nodeSecurityGroup, type ClusterOutputs } from './outputs.ts'
import type { AccessPlan, ClusterPlan, ControllerPlan, NodeGroupPlan } from './plan.ts'
import { notTrusting, trusting, trustStatement } from './trust.ts'

export interface ClusterProviders {
  readonly aws: aws.Provider
  /** How the Kubernetes plugin gets its token. */
  readonly token: TokenCommand
  /** Migration and colour: what tells green's Kubernetes provider that it is the same as before. */
  readonly migration: string
}

type Exports = { readonly [K in keyof ClusterOutputs]: pulumi.Input<ClusterOutputs[K]> } & {
  readonly kubeconfig: pulumi.Output<string>
}

/** Plan to resources: cluster, nodes, add-ons, the trust of green's service accounts, and the load-balancer controller behind its deny. */
export function program(plan: ClusterPlan, providers: ClusterProviders): Exports {
  const options = { provider: providers.aws }
  const cluster = clusterOf(plan, providers.aws)
  const nodeGroups = nodeGroupsOf(plan, cluster, options)
  for (const { logicalName, addonName, version } of plan.addons) {
    new eks.Addon(
      logicalName,
      // what EKS put there itself when it made the cluster is taken over
      {
        cluster,
        addonName,
        addonVersion: version,
        resolveConflictsOnCreate: 'OVERWRITE',
        resolveConflictsOnUpdate: 'OVERWRITE',
      },
      { providers: [providers.aws], dependsOn: nodeGroups },
    )
  }
  trustRoles(plan, cluster, options)
  if (plan.controller) controllerOf(plan, plan.controller, { cluster, nodeGroups, providers })
  return exportsOf(plan, cluster, nodeGroups, options)
}

function clusterOf(plan: ClusterPlan, provider: aws.Provider): eks.Cluster {
  const { endpoint, ownAddons } = plan
  return new eks.Cluster(
    clusterLogical.cluster,
    {
      name: plan.name,
      version: plan.version,
      vpcId: plan.vpcId,
      subnetIds: [...plan.subnetIds],
      authenticationMode: eks.AuthenticationMode.Api,
      accessEntries: Object.fromEntries(plan.access.map((entry) => [entry.principalArn, accessEntry(entry)])),
      createOidcProvider: true,
      skipDefaultNodeGroup: true,
      // the nodes carry the group that EKS makes for the cluster
      skipDefaultSecurityGroups: true,
      endpointPublicAccess: endpoint.public,
      endpointPrivateAccess: endpoint.private,
      ...(endpoint.publicCidrs ? { publicAccessCidrs: [...endpoint.publicCidrs] } : {}),
      deletionProtection: plan.deletionProtection,
      vpcCniOptions: { addonVersion: ownAddons.vpcCni },
      kubeProxyAddonOptions: { version: ownAddons.kubeProxy },
      corednsAddonOptions: { enabled: false },
      tags: { ...plan.tags },
    },
    { providers: [provider] },
  )
}

const accessEntry = ({ principalArn, policyArn, namespaces, groups }: AccessPlan): eks.types.input.AccessEntryArgs => ({
  principalArn,
  ...(groups.length > 0 ? { kubernetesGroups: [...groups] } : {}),
  ...(policyArn
    ? {
        accessPolicies: {
          policy: {
            policyArn,
            accessScope: namespaces ? { type: 'namespace', namespaces: [...namespaces] } : { type: 'cluster' },
          },
        },
      }
    : {}),
})

type Options = { readonly provider: aws.Provider }

function nodeGroupsOf(plan: ClusterPlan, cluster: eks.Cluster, options: Options): eks.ManagedNodeGroup[] {
  const { provider } = options
  const dnsSuffix = aws.getPartitionOutput({}, options).dnsSuffix
  const assumeRolePolicy = pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: pulumi.interpolate`ec2.${dnsSuffix}` } },
    ],
  })
  const role = new aws.iam.Role(clusterLogical.nodeRole, { assumeRolePolicy, tags: { ...plan.tags } }, options)
  const attachments = plan.nodePolicies.map(
    (policyArn, index) =>
      new aws.iam.RolePolicyAttachment(`${clusterLogical.nodeRole}-${index}`, { role: role.name, policyArn }, options),
  )
  return plan.nodeGroups.map(
    (group) =>
      new eks.ManagedNodeGroup(
        group.logicalName,
        { cluster, nodeRole: role, ...nodeGroupArgs(plan, group) },
        {
          providers: [provider],
          dependsOn: attachments,
        },
      ),
  )
}

/** Who scales a group afterwards is not undone: taking nodes away under traffic is no business of an `up`. */
const nodeGroupArgs = (plan: ClusterPlan, group: NodeGroupPlan): Omit<eks.ManagedNodeGroupArgs, 'cluster'> => ({
  version: plan.version,
  instanceTypes: [...group.instanceTypes],
  subnetIds: [...(group.subnetIds ?? plan.subnetIds)],
  scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.desired },
  ignoreScalingChanges: true,
  tags: { ...plan.tags },
  ...(group.capacityType ? { capacityType: group.capacityType } : {}),
  ...(group.amiType ? { amiType: group.amiType } : {}),
  ...(group.releaseVersion ? { releaseVersion: group.releaseVersion } : {}),
  ...(group.diskSize ? { diskSize: group.diskSize } : {}),
  ...(group.labels ? { labels: { ...group.labels } } : {}),
  ...(group.launchTemplate ? { launchTemplate: { ...group.launchTemplate } } : {}),
})

/** Everything of a role that is not its trust policy, so that an import reads it and nothing writes it. */
const notTrust = [
  'description',
  'forceDetachPolicies',
  'inlinePolicies',
  'managedPolicyArns',
  'maxSessionDuration',
  'name',
  'namePrefix',
  'path',
  'permissionsBoundary',
  'tags',
  'tagsAll',
]

/**
 * Our statement in trust policies that are somebody else's: read as it is now, one statement changed, written back. The roles are
 * imported and stay when they leave the program.
 */
function trustRoles({ trust }: ClusterPlan, cluster: eks.Cluster, options: Options): void {
  for (const { logicalName, role, serviceAccounts, trust: wanted } of trust.roles) {
    const now = aws.iam.getRoleOutput({ name: role }, options).assumeRolePolicy
    const assumeRolePolicy =
      wanted === 'withdrawn'
        ? now.apply((policy) => notTrusting(policy, trust.sid))
        : pulumi
            .all([now, cluster.oidcProviderArn])
            .apply(([policy, providerArn]) =>
              trusting(
                policy,
                trustStatement(trust.sid, { providerArn, name: issuerOf(providerArn) }, serviceAccounts),
              ),
            )
    new aws.iam.Role(
      logicalName,
      { assumeRolePolicy },
      { ...options, import: role, retainOnDelete: true, ignoreChanges: notTrust },
    )
  }
}

/** `arn:aws:iam::123456789012:oidc-provider/oidc.eks.…/id/…` → `oidc.eks.…/id/…` */
const issuerOf = (providerArn: string): string => providerArn.slice(providerArn.indexOf('/') + 1)

interface Around {
  readonly cluster: eks.Cluster
  readonly nodeGroups: readonly eks.ManagedNodeGroup[]
  readonly providers: ClusterProviders
}

/** The deny comes before the controller: it may find a binding to one of blue's groups the moment that it runs. */
function controllerOf(plan: ClusterPlan, controller: ControllerPlan, { cluster, nodeGroups, providers }: Around): void {
  const options = { provider: providers.aws }
  const { namespace, serviceAccount, chartVersion } = controller
  const account = `${namespace}/${serviceAccount}`
  const assumeRolePolicy = cluster.oidcProviderArn.apply((providerArn) => {
    const statement = trustStatement('Controller', { providerArn, name: issuerOf(providerArn) }, [account])
    return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  })
  const role = new aws.iam.Role(clusterLogical.controller, { assumeRolePolicy, tags: { ...plan.tags } }, options)
  const allow = new aws.iam.Policy(
    clusterLogical.controllerAllow,
    { policy: JSON.stringify(controller.allow), tags: { ...plan.tags } },
    options,
  )
  const attached = new aws.iam.RolePolicyAttachment(
    clusterLogical.controllerAllow,
    { role: role.name, policyArn: allow.arn },
    options,
  )
  const denied =
    controller.deny &&
    new aws.iam.RolePolicy(
      clusterLogical.controllerDeny,
      { role: role.name, policy: JSON.stringify(controller.deny) },
      options,
    )
  const green = new kubernetes.Provider(clusterLogical.kubernetes, {
    kubeconfig: kubeconfigOf(plan, cluster, providers.token),
    clusterIdentifier: clusterIdentifier(providers.migration, 'green'),
    deleteUnreachable: plan.deleteUnreachable,
  })
  new kubernetes.helm.v3.Release(
    clusterLogical.controller,
    {
      name: serviceAccount,
      namespace,
      chart: 'aws-load-balancer-controller',
      version: chartVersion,
      repositoryOpts: { repo: 'https://aws.github.io/eks-charts' },
      values: {
        clusterName: plan.name,
        region: plan.region,
        vpcId: plan.vpcId,
        serviceAccount: {
          create: true,
          name: serviceAccount,
          annotations: { 'eks.amazonaws.com/role-arn': role.arn },
        },
      },
    },
    { provider: green, dependsOn: [attached, ...(denied ? [denied] : []), ...nodeGroups] },
  )
}

const kubeconfigOf = (plan: ClusterPlan, cluster: eks.Cluster, token: TokenCommand): pulumi.Output<string> =>
  cluster.eksCluster.apply(({ endpoint, certificateAuthority }) =>
    pulumi
      .all([endpoint, certificateAuthority.data])
      .apply(([server, data]) => kubeconfig({ name: plan.name, endpoint: server, certificateAuthority: data }, token)),
  )

function exportsOf(
  plan: ClusterPlan,
  cluster: eks.Cluster,
  nodeGroups: readonly eks.ManagedNodeGroup[],
  options: Options,
): Exports {
  const { eksCluster } = cluster
  const groups = pulumi.all(nodeGroups.map(({ nodeGroup }) => nodeGroup.apply(({ resources }) => resources)))
  const autoScalingGroups = groups.apply((resources) =>
    resources.flatMap((of) =>
      of.flatMap(({ autoscalingGroups = [] }) => autoscalingGroups.map(({ name = '' }) => name)),
    ),
  )
  const carried = autoScalingGroups.apply((names) => groupsOfNodes(names, options))
  const clusterGroup = eksCluster.apply(({ vpcConfig }) => vpcConfig.apply((of) => of.clusterSecurityGroupId))
  return {
    clusterName: plan.name,
    version: eksCluster.apply(({ version }) => version),
    endpoint: eksCluster.apply(({ endpoint }) => endpoint),
    certificateAuthority: eksCluster.apply(({ certificateAuthority }) =>
      certificateAuthority.apply(({ data }) => data),
    ),
    oidcProviderArn: cluster.oidcProviderArn,
    nodeSecurityGroupId: pulumi.all([carried, clusterGroup]).apply(([of, own]) => nodeSecurityGroup(of, own)),
    autoScalingGroups,
    kubeconfig: pulumi.secret(kubeconfigOf(plan, cluster, awsTokenCommand(plan.name, plan.region))),
  }
}

/** What each node's interfaces carry, as EC2 says; the groups' names are known only once their nodes are there. */
async function groupsOfNodes(autoScalingGroups: readonly string[], options: Options): Promise<string[][]> {
  if (autoScalingGroups.length === 0) return []
  const { ids } = await aws.ec2.getInstances(
    {
      filters: [{ name: 'tag:aws:autoscaling:groupName', values: [...autoScalingGroups] }],
      instanceStateNames: ['pending', 'running'],
    },
    options,
  )
  const instances = await Promise.all(ids.map((instanceId) => aws.ec2.getInstance({ instanceId }, options)))
  return instances.map(({ vpcSecurityGroupIds }) => vpcSecurityGroupIds)
}
