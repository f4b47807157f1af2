import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks'
import type { eks } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, output, replaces, required, tagged, text, texts } from '../schema.ts'
import { eksTagging } from '../tags.ts'

type State = Unwrap<eks.AccessEntryState>

const missing = 'ResourceNotFound'

export const eksAccessEntry = resourceType<State>({
  token: 'aws:eks/accessEntry:AccessEntry',
  label: 'EKS Access Entry',
  tagging: eksTagging('accessEntryArn'),
  schema: {
    ...tagged,
    accessEntryArn: { ...text, ...output },
    clusterName: { ...text, ...required, ...replaces },
    createdAt: { ...text, ...output },
    kubernetesGroups: { ...texts, ...computed },
    modifiedAt: { ...text, ...output },
    principalArn: { ...text, ...required, ...replaces },
    type: { ...text, ...replaces, default: 'STANDARD' },
    userName: { ...text, ...computed },
  },

  async create(aws, { clusterName, principalArn, kubernetesGroups, type, userName, tagsAll }) {
    const command = new CreateAccessEntryCommand({
      clusterName,
      principalArn,
      type,
      ...(kubernetesGroups?.length && { kubernetesGroups }),
      ...(userName && { username: userName }),
      tags: tagsAll,
    })
    // A principal that has just been made may not be known yet.
    await poll(
      { signal: aws.signal, timeoutSeconds: 120, what: 'IAM' },
      () => aws.eks(command),
      (error) =>
        hasCode(error, 'InvalidParameter') &&
        error.awsMessage.includes('The specified principalArn is invalid: invalid principal') &&
        isArn(principalArn),
    )
    return `${clusterName}:${principalArn}`
  },

  async read(aws, id) {
    const found = await unlessMissing(aws.eks(new DescribeAccessEntryCommand(accessEntryParts(id))), missing)
    if (!found?.accessEntry) return undefined
    const { accessEntry: entry } = found
    return {
      accessEntryArn: entry.accessEntryArn,
      clusterName: entry.clusterName,
      createdAt: entry.createdAt?.toISOString(),
      kubernetesGroups: entry.kubernetesGroups,
      modifiedAt: entry.modifiedAt?.toISOString(),
      principalArn: entry.principalArn,
      type: entry.type,
      userName: entry.username,
    }
  },

  async update(aws, id, { kubernetesGroups = [], userName }, changed) {
    if (!changed.has('kubernetesGroups') && !changed.has('userName')) return
    await aws.eks(new UpdateAccessEntryCommand({ ...accessEntryParts(id), kubernetesGroups, username: userName }))
  },

  async delete(aws, id) {
    await unlessMissing(aws.eks(new DeleteAccessEntryCommand(accessEntryParts(id))), missing)
  },
})

function isArn(principal: string | undefined): boolean {
  return /^arn:[\w-]+:iam::\d{12}:(user|role)\/./.test(principal ?? '')
}

function accessEntryParts(id: string): { clusterName: string; principalArn: string } {
  const at = id.indexOf(':')
  if (at < 1 || at === id.length - 1)
    throw new Error(`unexpected format of ID (${id}), expected cluster-name:principal-arn`)
  return { clusterName: id.slice(0, at), principalArn: id.slice(at + 1) }
}
