import type {
  CreateAddonCommandInput,
  CreateAddonCommandOutput,
  DeleteAddonCommandInput,
  DeleteAddonCommandOutput,
  DescribeAddonCommandInput,
  DescribeAddonCommandOutput,
  ListAddonsCommandInput,
  ListAddonsCommandOutput,
  UpdateAddonCommandInput,
  UpdateAddonCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import { catalogue, defaultRelease, worksWith } from './addon-catalogue.ts'
import { partArn } from './arns.ts'
import { inUse, invalidParameter } from './errors.ts'
import { activeCluster, addonNamed, clusterNamed } from './find.ts'
import { eksPage } from './pages.ts'
import type { AddonRecord, ClusterRecord } from './state.ts'
import { seconds } from './timing.ts'
import { startUpdate } from './updates.ts'

const createAddon: Operation<CreateAddonCommandInput, CreateAddonCommandOutput> = (world, input) => {
  const cluster = activeCluster(world, input.clusterName)
  const { name: clusterName } = cluster.about
  const { addonName = '' } = input
  if (cluster.addons.has(addonName)) throw inUse('Addon already exists.', { clusterName, addonName })
  const addonVersion = acceptVersion(cluster, addonName, input.addonVersion)
  const about: AddonRecord['about'] = {
    addonName,
    clusterName,
    status: 'CREATING',
    addonVersion,
    health: { issues: [] },
    addonArn: partArn(world, 'addon', clusterName, addonName),
    createdAt: new Date(),
    modifiedAt: new Date(),
    ...(input.serviceAccountRoleArn ? { serviceAccountRoleArn: input.serviceAccountRoleArn } : {}),
    ...(input.configurationValues ? { configurationValues: acceptConfiguration(input.configurationValues) } : {}),
    tags: input.tags ?? {},
  }
  cluster.addons.set(addonName, { about })
  world.clock.after(seconds.addon, () => {
    if (about.status === 'CREATING') about.status = 'ACTIVE'
  })
  return { addon: about }
}

/** The default of the cluster's Kubernetes version when none is wanted. */
function acceptVersion(cluster: ClusterRecord, addonName: string, wanted: string | undefined): string {
  const { version: kubernetes, name: clusterName } = cluster.about
  const entry = catalogue.find(({ name }) => name === addonName)
  const offered = entry && defaultRelease(entry, kubernetes)
  const named = { clusterName, addonName }
  if (!entry || !offered) {
    throw invalidParameter(`Addon ${addonName} specified is not supported in ${kubernetes} kubernetes version`, named)
  }
  const release = wanted === undefined ? offered : entry.releases.find(({ version }) => version === wanted)
  if (!release || !worksWith(release, kubernetes)) {
    throw invalidParameter('Addon version specified is not supported', named)
  }
  return release.version
}

/** YAML would be taken, too; a program writes JSON. */
function acceptConfiguration(text: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    throw invalidParameter('ConfigurationValue provided in request is not supported: Json schema validation failed')
  }
}

const describeAddon: Operation<DescribeAddonCommandInput, DescribeAddonCommandOutput> = (world, input) => ({
  addon: addonNamed(clusterNamed(world, input.clusterName), input.addonName).about,
})

const listAddons: Operation<ListAddonsCommandInput, ListAddonsCommandOutput> = (world, input) => {
  const names = [...clusterNamed(world, input.clusterName).addons.keys()].sort()
  const { items, nextToken } = eksPage(names, input)
  return { addons: items, nextToken }
}

const updateAddon: Operation<UpdateAddonCommandInput, UpdateAddonCommandOutput> = (world, input) => {
  const cluster = activeCluster(world, input.clusterName)
  const { about } = addonNamed(cluster, input.addonName)
  const { serviceAccountRoleArn, resolveConflicts, configurationValues } = input
  const addonVersion = acceptVersion(cluster, about.addonName, input.addonVersion ?? about.addonVersion)
  if (configurationValues) acceptConfiguration(configurationValues)
  const update = startUpdate(world, cluster, {
    type: 'AddonUpdate',
    addonName: about.addonName,
    params: {
      AddonVersion: addonVersion,
      ServiceAccountRoleArn: serviceAccountRoleArn,
      ResolveConflicts: resolveConflicts,
      ConfigurationValues: configurationValues,
    },
    seconds: seconds.addon,
    end: () => {
      Object.assign(about, { addonVersion, status: 'ACTIVE', modifiedAt: new Date() })
      if (serviceAccountRoleArn !== undefined) about.serviceAccountRoleArn = serviceAccountRoleArn
      if (configurationValues !== undefined) about.configurationValues = configurationValues
    },
  })
  about.status = 'UPDATING'
  return { update }
}

const deleteAddon: Operation<DeleteAddonCommandInput, DeleteAddonCommandOutput> = (world, input) => {
  const cluster = clusterNamed(world, input.clusterName)
  const { about } = addonNamed(cluster, input.addonName)
  if (about.status !== 'DELETING') {
    about.status = 'DELETING'
    world.clock.after(seconds.addon, () => cluster.addons.delete(about.addonName))
  }
  return { addon: about }
}

export const addons: Operations = {
  CreateAddon: createAddon,
  DeleteAddon: deleteAddon,
  DescribeAddon: describeAddon,
  ListAddons: listAddons,
  UpdateAddon: updateAddon,
}
