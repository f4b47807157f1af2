import {
  CreateAddonCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  UpdateAddonCommand,
  type Addon,
  type ResolveConflicts,
} from '@aws-sdk/client-eks'
import type { eks } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import { unlessMissing } from '../operation-error.ts'
import { normalizedJson } from '../policy-document.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, output, replaces, required, tagged, text } from '../schema.ts'
import { eksTagging } from '../tags.ts'
import { untilUpdated } from './eks-updates.ts'

type State = Unwrap<eks.AddonState>

/** The official provider's own time-outs. */
const creationSeconds = 20 * 60
const deletionSeconds = 40 * 60

const missing = 'ResourceNotFound'

export const eksAddon = resourceType<State>({
  token: 'aws:eks/addon:Addon',
  label: 'EKS Add-On',
  tagging: eksTagging('arn'),
  schema: {
    ...tagged,
    addonName: { ...text, ...required, ...replaces },
    addonVersion: { ...text, ...computed },
    arn: { ...text, ...output },
    clusterName: { ...text, ...required, ...replaces },
    configurationValues: { ...text, ...computed, same: (before, after) => meaning(before) === meaning(after) },
    createdAt: { ...text, ...output },
    modifiedAt: { ...text, ...output },
    namespaceConfig: { type: 'object', unsupported: true },
    podIdentityAssociations: {
      type: 'set',
      unsupported: true,
      fields: { roleArn: { ...text, ...required }, serviceAccount: { ...text, ...required } },
    },
    preserve: flag,
    resolveConflictsOnCreate: text,
    resolveConflictsOnUpdate: text,
    serviceAccountRoleArn: text,
  },

  async create(aws, planned) {
    const { addonName, addonVersion, clusterName, configurationValues, serviceAccountRoleArn, tagsAll } = planned
    const command = new CreateAddonCommand({
      addonName,
      clusterName,
      ...(addonVersion && { addonVersion }),
      ...(configurationValues && { configurationValues }),
      ...(serviceAccountRoleArn && { serviceAccountRoleArn }),
      ...(planned.resolveConflictsOnCreate && {
        resolveConflicts: planned.resolveConflictsOnCreate as ResolveConflicts,
      }),
      tags: tagsAll,
    })
    await aws.eks(command)
    return `${clusterName}:${addonName}`
  },

  async complete(aws, id) {
    await poll({ signal: aws.signal, timeoutSeconds: creationSeconds, what: `add-on ${id}` }, async () => {
      const { addon } = await aws.eks(new DescribeAddonCommand(partsOf(id)))
      if (addon?.status === 'CREATE_FAILED')
        throw new Error(`unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: ${issuesOf(addon)}`)
      // Without a node that its pods can run on an add-on is DEGRADED, and waited for.
      return addon?.status === 'ACTIVE' ? id : undefined
    })
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.eks(new DescribeAddonCommand(partsOf(id))), missing)
    if (!found?.addon) return undefined
    const { addon } = found
    return {
      addonName: addon.addonName,
      addonVersion: addon.addonVersion,
      arn: addon.addonArn,
      clusterName: addon.clusterName,
      configurationValues: addon.configurationValues ?? '',
      createdAt: addon.createdAt?.toISOString(),
      modifiedAt: addon.modifiedAt?.toISOString(),
      preserve: prior.preserve,
      resolveConflictsOnCreate: prior.resolveConflictsOnCreate,
      resolveConflictsOnUpdate: prior.resolveConflictsOnUpdate,
      serviceAccountRoleArn: addon.serviceAccountRoleArn ?? '',
    }
  },

  async update(aws, id, planned, changed) {
    const written = ['addonVersion', 'configurationValues', 'serviceAccountRoleArn'] as const
    if (!written.some((name) => changed.has(name))) return
    const parts = partsOf(id)
    const values = Object.fromEntries(
      written.flatMap((name) => (changed.has(name) ? [[name, planned[name] ?? '']] : [])),
    )
    const { update } = await aws.eks(
      new UpdateAddonCommand({
        ...parts,
        ...values,
        ...(planned.resolveConflictsOnUpdate && {
          resolveConflicts: planned.resolveConflictsOnUpdate as ResolveConflicts,
        }),
      }),
    )
    await untilUpdated(aws, { name: parts.clusterName, addonName: parts.addonName }, update)
  },

  async delete(aws, id, { preserve }) {
    const remove = new DeleteAddonCommand({ ...partsOf(id), ...(preserve && { preserve }) })
    await unlessMissing(aws.eks(remove), missing)
    await poll({ signal: aws.signal, timeoutSeconds: deletionSeconds, what: `add-on ${id} to go away` }, async () => {
      const found = await unlessMissing(aws.eks(new DescribeAddonCommand(partsOf(id))), missing)
      return found ? undefined : id
    })
  },
})

function partsOf(id: string): { clusterName: string; addonName: string } {
  const [clusterName, addonName] = id.split(':')
  if (!clusterName || !addonName) throw new Error(`unexpected format of ID (${id}), expected cluster-name:addon-name`)
  return { clusterName, addonName }
}

/** Values may be YAML as well, which is compared as written. */
function meaning(values: string): string {
  return normalizedJson(values)
}

function issuesOf({ health }: Addon): string {
  return (health?.issues ?? []).map(({ code, message }) => `${code}: ${message}`).join(', ')
}
