import { setTimeout as sleep } from 'node:timers/promises'
import type { Aws } from '../aws/clients.ts'

/** What a create asked for, under the plugin's own names. */
type Inputs = Readonly<Record<string, unknown>>

/** The id under which the plugin imports the object, if the create got so far; null: there is none. */
type Look = (inputs: Inputs, aws: Aws, signal: AbortSignal) => Promise<string | null>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** EKS takes ten minutes for a cluster; while it is being made nothing can be built on it. Milliseconds between two looks. */
const lookMs = 2_000

/**
 * Where a create that broke off may have left an object that the next one would run into. What is written by a put (inline
 * policies, attachments, policy associations) is not here: it is simply written again.
 */
const looks: Readonly<Record<string, Look>> = {
  'aws:eks/cluster:Cluster': async ({ name }, aws, signal) => {
    const { DescribeClusterCommand } = await import('@aws-sdk/client-eks')
    const client = await aws.eks()
    for (;;) {
      const answer = await found(client.send(new DescribeClusterCommand({ name: text(name) })))
      if (!answer) return null
      if (answer.cluster?.status !== 'CREATING') return text(name)
      await sleep(lookMs, undefined, { signal })
    }
  },
  'aws:eks/nodeGroup:NodeGroup': async ({ clusterName, nodeGroupName }, aws, signal) => {
    const { DescribeNodegroupCommand } = await import('@aws-sdk/client-eks')
    const client = await aws.eks()
    const named = { clusterName: text(clusterName), nodegroupName: text(nodeGroupName) }
    for (;;) {
      const answer = await found(client.send(new DescribeNodegroupCommand(named)))
      if (!answer) return null
      if (answer.nodegroup?.status !== 'CREATING') return `${named.clusterName}:${named.nodegroupName}`
      await sleep(lookMs, undefined, { signal })
    }
  },
  'aws:eks/addon:Addon': async ({ clusterName, addonName }, aws) => {
    const { DescribeAddonCommand } = await import('@aws-sdk/client-eks')
    const named = { clusterName: text(clusterName), addonName: text(addonName) }
    const answer = await found((await aws.eks()).send(new DescribeAddonCommand(named)))
    return answer && `${named.clusterName}:${named.addonName}`
  },
  'aws:eks/accessEntry:AccessEntry': async ({ clusterName, principalArn }, aws) => {
    const { DescribeAccessEntryCommand } = await import('@aws-sdk/client-eks')
    const named = { clusterName: text(clusterName), principalArn: text(principalArn) }
    const answer = await found((await aws.eks()).send(new DescribeAccessEntryCommand(named)))
    return answer && `${named.clusterName}:${named.principalArn}`
  },
  'aws:iam/role:Role': async ({ name }, aws) => {
    const { GetRoleCommand } = await import('@aws-sdk/client-iam')
    const answer = await found((await aws.iam()).send(new GetRoleCommand({ RoleName: text(name) })))
    return answer && text(name)
  },
  'aws:iam/policy:Policy': async ({ name }, aws) => {
    const { paginateListPolicies } = await import('@aws-sdk/client-iam')
    for await (const { Policies = [] } of paginateListPolicies({ client: await aws.iam() }, { Scope: 'Local' })) {
      const policy = Policies.find(({ PolicyName }) => PolicyName === name)
      if (policy?.Arn) return policy.Arn
    }
    return null
  },
  'aws:iam/openIdConnectProvider:OpenIdConnectProvider': async ({ url }, aws) => {
    const { ListOpenIDConnectProvidersCommand } = await import('@aws-sdk/client-iam')
    const { OpenIDConnectProviderList = [] } = await (await aws.iam()).send(new ListOpenIDConnectProvidersCommand({}))
    const issuer = text(url).replace(/^https:\/\//, '')
    return OpenIDConnectProviderList.find(({ Arn }) => issuer && Arn?.endsWith(`:oidc-provider/${issuer}`))?.Arn ?? null
  },
}

/** Looks for the object that a create left behind, and waits until it has become one. Throws SDK errors and an abort as they come. */
export async function leftBehind(type: string, inputs: Inputs, aws: Aws, signal: AbortSignal): Promise<string | null> {
  return (await looks[type]?.(inputs, aws, signal)) ?? null
}

/** null: AWS says that there is no such thing. */
async function found<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    const { name } = error as Error
    if (name === 'ResourceNotFoundException' || name === 'NoSuchEntityException') return null
    throw error
  }
}
