import { isObject, isPresent, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { accessEntries } from './access-entries.ts'
import { ownAddon, vpcCniAddon } from './addons.ts'
import {
  child,
  computedOf,
  given,
  member,
  properties,
  refuse,
  textOf,
  type Component,
  type Construction,
} from './component.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import type { Registered } from './monitor.ts'
import { clusterGroup, nodeGroups, tagsOf } from './security-groups.ts'
import { serviceRole } from './service-role.ts'

/** What the official component can do besides. */
const unsupported = [
  'autoMode',
  'creationRoleProvider',
  'fargate',
  'instanceRole',
  'roleMappings',
  'storageClasses',
  'userMappings',
]

/** Of the authority above every EKS issuer; the official component asks the issuer itself. */
const thumbprint = '9e99a48a9960b14926bb7f3b02e22da2b0ab7280'

/** `eks:index:Cluster`, in the form that access entries and managed node groups need. */
export const cluster: Component = async (construction) => {
  const { name, args } = construction
  requireModern(args)
  const ownGroups = args.skipDefaultSecurityGroups !== true
  const role = await roleOf(construction)
  const group = ownGroups && !isPresent(args.clusterSecurityGroup) ? await clusterGroup(construction) : undefined
  const groupGiven = await properties(construction, args.clusterSecurityGroup)
  const groupId = group?.id ?? groupGiven.id
  const made = await eksCluster(construction, role, groupId, group)
  const place = placeOf(made, args)
  const provider = await child(construction, {
    type: 'pulumi:providers:kubernetes',
    name: `${name}-eks-k8s`,
    inputs: given({ kubeconfig: place.providerKubeconfig, enableConfigMapMutable: args.enableConfigMapMutable }),
    dependsOn: [made],
  })
  const instanceRole = await instanceRoleOf(construction)
  const entries = await entriesOf(construction, made, instanceRole)
  await addons(construction, made, entries)
  const oidc = await oidcProvider(construction, made)
  const ownGroupId = member(made.outputs, 'vpcConfig', 'clusterSecurityGroupId') ?? UNKNOWN
  const nodes = ownGroups ? await nodeGroups(construction, made, groupId ?? ownGroupId) : undefined
  const issuer = member(made.outputs, 'identities', 0, 'oidcs', 0, 'issuer') ?? UNKNOWN
  const instanceRoles = instanceRole ? [instanceRole.reference] : (args.instanceRoles ?? [])
  const groupReference = group?.reference ?? args.clusterSecurityGroup
  return given({
    autoModeNodeRoleName: '',
    clusterIngressRuleId: nodes?.ingress.id ?? '',
    clusterSecurityGroup: groupReference,
    clusterSecurityGroupId: groupId ?? ownGroupId,
    core: given({
      accessEntries: entries.map(({ outputs }) => outputs),
      cluster: made.reference,
      clusterIamRole: role.reference,
      clusterSecurityGroup: groupReference,
      endpoint: made.outputs.endpoint ?? UNKNOWN,
      instanceRoles,
      kubeconfig: place.kubeconfig,
      nodeGroupOptions: {},
      oidcProvider: oidc?.reference,
      privateSubnetIds: args.privateSubnetIds,
      provider: provider.reference,
      publicSubnetIds: args.publicSubnetIds,
      subnetIds: subnetsOf(args),
      tags: args.tags,
      vpcId: args.vpcId ?? member(made.outputs, 'vpcConfig', 'vpcId'),
    }),
    defaultNodeGroupAsgName: '',
    eksCluster: made.reference,
    eksClusterIngressRule: nodes?.ingress.reference,
    fargateProfileId: '',
    fargateProfileStatus: '',
    instanceRoles,
    kubeconfig: place.kubeconfig,
    kubeconfigJson: computedOf([place.kubeconfig], () => JSON.stringify(place.kubeconfig)),
    nodeSecurityGroup: nodes?.group.reference,
    nodeSecurityGroupId: nodes?.group.id ?? ownGroupId,
    oidcIssuer: computedOf([issuer], () => textOf(issuer).replace('https://', '')),
    oidcProviderArn: oidc ? (oidc.outputs.arn ?? UNKNOWN) : '',
    oidcProviderUrl: issuer,
  })
}

function requireModern(args: Properties): void {
  refuse(args, unsupported)
  if (args.authenticationMode !== 'API')
    throw new Error('this stand-in of the eks package needs authenticationMode: "API"')
  if (args.skipDefaultNodeGroup !== true)
    throw new Error('this stand-in of the eks package needs skipDefaultNodeGroup: true')
  if (isPresent(args.subnetIds) && (isPresent(args.publicSubnetIds) || isPresent(args.privateSubnetIds)))
    throw new Error(
      'subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. Choose a single approach.',
    )
}

interface Role {
  readonly arn: Value
  readonly reference: Value
  readonly all: readonly Registered[]
}

async function roleOf(construction: Construction): Promise<Role> {
  const { name, args } = construction
  if (isPresent(args.serviceRole)) {
    const { arn = UNKNOWN } = await properties(construction, args.serviceRole)
    return { arn, reference: args.serviceRole, all: [] }
  }
  const { role, all } = await serviceRole(construction, {
    name: `${name}-eksRole`,
    service: 'eks.amazonaws.com',
    description: 'Allows EKS to manage clusters on your behalf.',
    policies: ['AmazonEKSClusterPolicy'],
    tags: args.tags,
  })
  return { arn: role.outputs.arn ?? UNKNOWN, reference: role.reference, all }
}

function subnetsOf(args: Properties): Value {
  if (isPresent(args.subnetIds)) return args.subnetIds
  const parts = [args.publicSubnetIds, args.privateSubnetIds].map((ids) => member(ids))
  if (parts.includes(UNKNOWN)) return UNKNOWN
  return parts.flatMap((ids) => (Array.isArray(ids) ? ids : []))
}

function eksCluster(
  construction: Construction,
  role: Role,
  groupId: Value | undefined,
  group?: Registered,
): Promise<Registered> {
  const { name, args } = construction
  const range = args.kubernetesServiceIpAddressRange
  return child(construction, {
    type: 'aws:eks/cluster:Cluster',
    name: `${name}-eksCluster`,
    inputs: given({
      name: args.name,
      roleArn: role.arn,
      version: args.version,
      vpcConfig: given({
        securityGroupIds: groupId === undefined ? undefined : [groupId],
        subnetIds: subnetsOf(args),
        endpointPrivateAccess: args.endpointPrivateAccess,
        endpointPublicAccess: args.endpointPublicAccess,
        publicAccessCidrs: args.publicAccessCidrs,
      }),
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: args.bootstrapSelfManagedAddons,
      deletionProtection: args.deletionProtection,
      enabledClusterLogTypes: args.enabledClusterLogTypes,
      encryptionConfig: isPresent(args.encryptionConfigKeyArn)
        ? { provider: { keyArn: args.encryptionConfigKeyArn }, resources: ['secrets'] }
        : undefined,
      kubernetesNetworkConfig: isPresent(range)
        ? given({ serviceIpv4Cidr: range, ipFamily: args.ipFamily ?? 'ipv4' })
        : undefined,
      tags: { Name: `${name}-eksCluster`, ...tagsOf(args.clusterTags), ...tagsOf(args.tags) },
      upgradePolicy: args.upgradePolicy,
    }),
    // Before its policies a role can be named, and EKS can do nothing with it.
    dependsOn: [...role.all, ...(group ? [group] : [])],
    ignoreChanges: ['accessConfig.bootstrapClusterCreatorAdminPermissions'],
  })
}

/** The program's kubeconfig leaves the profile out, so that everybody can use it; the component's own has it. */
function placeOf({ outputs }: Registered, args: Properties) {
  const { name: clusterName = UNKNOWN, endpoint = UNKNOWN } = outputs
  const certificateAuthority = member(outputs, 'certificateAuthority', 'data') ?? UNKNOWN
  const { profileName: profile, roleArn } = objectOf(args.providerCredentialOpts)
  const whole = { cluster: clusterName, endpoint, certificateAuthority, roleArn }
  const known = [clusterName, endpoint, certificateAuthority]
  return {
    kubeconfig: computedOf(known, () => kubeconfigOf(whole)),
    providerKubeconfig: computedOf(known, () => JSON.stringify(kubeconfigOf({ ...whole, profile }))),
  }
}

/** Nodes of the program bring a role of their own, so one is made only when asked for. */
async function instanceRoleOf(construction: Construction): Promise<Registered | undefined> {
  const { name, args } = construction
  if (args.createInstanceRole !== true) return undefined
  const { role } = await serviceRole(construction, {
    name: `${name}-instanceRole`,
    service: 'ec2.amazonaws.com',
    policies: ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryReadOnly'],
    tags: args.tags,
  })
  return role
}

async function entriesOf(construction: Construction, made: Registered, instanceRole: Registered | undefined) {
  const own = instanceRole && {
    defaultNodeGroupInstanceRole: { principalArn: instanceRole.outputs.arn ?? UNKNOWN, type: 'EC2_LINUX' },
  }
  return [
    ...(await accessEntries(construction, made, own)),
    ...(await accessEntries(construction, made, construction.args.accessEntries)),
  ]
}

/** coredns needs nodes, of which this form of the component has none, so it comes only when asked for. */
async function addons(construction: Construction, made: Registered, dependsOn: Registered[]): Promise<void> {
  const { args } = construction
  if (args.useDefaultVpcCni !== true) await vpcCni(construction, made, dependsOn)
  if (objectOf(args.kubeProxyAddonOptions).enabled !== false)
    await ownAddon(construction, made, { addonName: 'kube-proxy', options: args.kubeProxyAddonOptions, dependsOn })
  if (objectOf(args.corednsAddonOptions).enabled === true)
    await ownAddon(construction, made, { addonName: 'coredns', options: args.corednsAddonOptions, dependsOn })
}

async function vpcCni(construction: Construction, made: Registered, dependsOn: Registered[]): Promise<void> {
  const { monitor, urn: parent, args } = construction
  const name = `${construction.name}-vpc-cni`
  const { name: clusterName, version: clusterVersion } = made.outputs
  const inputs = given({ clusterName, clusterVersion, ...objectOf(args.vpcCniOptions) })
  const dependencies = dependsOn.map(({ urn }) => urn)
  const { urn } = await monitor.component({ type: 'eks:index:VpcCniAddon', name, parent, inputs, dependencies })
  await vpcCniAddon({ ...construction, name, urn, args: inputs, dependencies: [...dependencies, made.urn] })
  await monitor.outputs(urn, {})
}

async function oidcProvider(construction: Construction, made: Registered): Promise<Registered | undefined> {
  const { name, args } = construction
  if (args.createOidcProvider !== true) return undefined
  return child(construction, {
    type: 'aws:iam/openIdConnectProvider:OpenIdConnectProvider',
    name: `${name}-oidcProvider`,
    inputs: {
      clientIdLists: ['sts.amazonaws.com'],
      thumbprintLists: [thumbprint],
      url: member(made.outputs, 'identities', 0, 'oidcs', 0, 'issuer') ?? UNKNOWN,
    },
    dependsOn: [made],
  })
}

function objectOf(value: Value | undefined): Properties {
  const known = member(value)
  return isObject(known) ? known : {}
}
