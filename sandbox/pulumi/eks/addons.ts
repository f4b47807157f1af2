import { containsUnknown, isObject, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { child, given, member, properties, textOf, type Component, type Construction } from './component.ts'
import type { Registered } from './monitor.ts'
import { references, urnOf } from './references.ts'

const addonType = 'aws:eks/addon:Addon'

/** `eks:index:Addon`: any add-on of EKS. */
export const addon: Component = async (construction) => {
  const { name, args } = construction
  const { cluster, configurationValues, ...rest } = args
  const core = (await properties(construction, cluster)).core ?? cluster
  const reference = member(await properties(construction, core), 'cluster')
  const { name: clusterName } = await properties(construction, reference)
  await child(construction, {
    type: addonType,
    name,
    inputs: given({ ...rest, clusterName, configurationValues: jsonOf(configurationValues) }),
    dependsOn: references([reference]),
  })
  return {}
}

/** What the network add-on is told by a variable of its container's environment, by the component's own argument. */
const cniVariables: Readonly<Record<string, string>> = {
  cniConfigureRpfilter: 'AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER',
  cniCustomNetworkCfg: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG',
  cniExternalSnat: 'AWS_VPC_K8S_CNI_EXTERNALSNAT',
  customNetworkConfig: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG',
  disableTcpEarlyDemux: 'DISABLE_TCP_EARLY_DEMUX',
  enablePodEni: 'ENABLE_POD_ENI',
  enablePrefixDelegation: 'ENABLE_PREFIX_DELEGATION',
  eniConfigLabelDef: 'ENI_CONFIG_LABEL_DEF',
  eniMtu: 'AWS_VPC_ENI_MTU',
  externalSnat: 'AWS_VPC_K8S_CNI_EXTERNALSNAT',
  logFile: 'AWS_VPC_K8S_CNI_LOG_FILE',
  logLevel: 'AWS_VPC_K8S_CNI_LOGLEVEL',
  nodePortSupport: 'AWS_VPC_CNI_NODE_PORT_SUPPORT',
  vethPrefix: 'AWS_VPC_K8S_CNI_VETHPREFIX',
  warmEniTarget: 'WARM_ENI_TARGET',
  warmIpTarget: 'WARM_IP_TARGET',
  warmPrefixTarget: 'WARM_PREFIX_TARGET',
}

/** `eks:index:VpcCniAddon`: the network add-on. */
export const vpcCniAddon: Component = async (construction) => {
  const { name, args } = construction
  const { clusterName, clusterVersion, resolveConflictsOnCreate, resolveConflictsOnUpdate } = args
  const addonVersion = args.addonVersion ?? (await newest(construction, 'vpc-cni', clusterVersion))
  const values = given({
    env: cniEnvironment(args),
    enableNetworkPolicy: args.enableNetworkPolicy === undefined ? undefined : settingOf(args.enableNetworkPolicy),
    ...objectOf(args.configurationValues),
  })
  await child(construction, {
    type: addonType,
    name,
    inputs: given({
      addonName: 'vpc-cni',
      addonVersion,
      clusterName,
      configurationValues: Object.keys(values).length > 0 ? jsonOf(values) : undefined,
      preserve: true,
      resolveConflictsOnCreate: resolveConflictsOnCreate ?? 'OVERWRITE',
      resolveConflictsOnUpdate: resolveConflictsOnUpdate ?? 'OVERWRITE',
      serviceAccountRoleArn: args.serviceAccountRoleArn,
      tags: args.tags,
    }),
  })
  return {}
}

function cniEnvironment(args: Properties): Properties | undefined {
  const entries = Object.entries(cniVariables).flatMap(([argument, variable]) => {
    const value = args[argument]
    return value === undefined ? [] : [[variable, settingOf(value)] as const]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** An add-on that the cluster component makes itself: kube-proxy, coredns. */
export async function ownAddon(
  construction: Construction,
  cluster: Registered,
  { addonName, options, dependsOn }: { addonName: string; options: Value | undefined; dependsOn: Registered[] },
): Promise<Registered> {
  const { version, configurationValues, resolveConflictsOnCreate, resolveConflictsOnUpdate } = objectOf(options)
  const { name: clusterName, version: clusterVersion } = cluster.outputs
  return child(construction, {
    type: addonType,
    name: `${construction.name}-${addonName}`,
    inputs: given({
      addonName,
      addonVersion: version ?? (await newest(construction, addonName, clusterVersion)),
      clusterName,
      configurationValues: jsonOf(configurationValues),
      preserve: false,
      resolveConflictsOnCreate: resolveConflictsOnCreate ?? 'OVERWRITE',
      resolveConflictsOnUpdate: resolveConflictsOnUpdate ?? 'OVERWRITE',
    }),
    dependsOn: [cluster, ...dependsOn],
  })
}

/** Unless the program pins it, each run takes what is newest then. */
async function newest({ monitor, provider }: Construction, addonName: string, version: Value | undefined) {
  if (version === undefined || containsUnknown(version)) return UNKNOWN
  const token = 'aws:eks/getAddonVersion:getAddonVersion'
  const found = await monitor.invoke(
    token,
    { addonName, kubernetesVersion: version, mostRecent: true },
    provider('aws'),
  )
  return found.version
}

function jsonOf(values: Value | undefined): Value | undefined {
  if (values === undefined || values === null || urnOf(values) !== undefined) return undefined
  return containsUnknown(values) ? UNKNOWN : JSON.stringify(member(values))
}

function objectOf(value: Value | undefined): Properties {
  const known = member(value)
  return isObject(known) ? known : {}
}

const settingOf = (value: Value): Value => (containsUnknown(value) ? UNKNOWN : textOf(member(value)))
