import { randomUUID } from 'node:crypto'
import type {
  DescribeInsightCommandInput,
  DescribeInsightCommandOutput,
  Insight,
  ListInsightsCommandInput,
  ListInsightsCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import { notFound } from './errors.ts'
import { clusterNamed } from './find.ts'
import { eksPage } from './pages.ts'
import { minorOf, nextVersion } from './versions.ts'

/** Minor versions that removed an API which the one before them still served. */
const removing = [22, 25, 26, 27, 29, 32]

/** What EKS looks at before an upgrade, by name: what it checks. */
const checks: Readonly<Record<string, string>> = {
  'Kubelet version skew':
    'Checks for kubelet version of worker nodes in the cluster to see if upgrade would cause non compliance with supported Kubernetes kubelet version skew policy.',
  'kube-proxy version skew':
    'Checks version of kube-proxy in cluster to see if upgrade would cause non compliance with supported Kubernetes kube-proxy version skew policy.',
  'EKS add-on version compatibility':
    'Checks version of installed EKS add-ons to ensure they are compatible with the next version of Kubernetes.',
  'Cluster health issues':
    'Checks for any cluster health issues that prevent successful upgrade to the next Kubernetes version on EKS.',
}

/** The insights of a cluster of this version in which EKS finds no fault. */
export function insightsFor(version: string): Insight[] {
  const removals = removing
    .filter((minor) => minor > minorOf(version) && minor <= minorOf(version) + 2)
    .map((minor): [string, string, string] => [
      `Deprecated APIs removed in Kubernetes v1.${minor}`,
      `Checks for usage of deprecated APIs that are scheduled for removal in Kubernetes v1.${minor}.`,
      `1.${minor}`,
    ])
  const all = [
    ...Object.entries(checks).map(([name, text]) => [name, text, nextVersion(version)] as const),
    ...removals,
  ]
  const now = new Date()
  return all.map(([name, description, kubernetesVersion]) => ({
    id: randomUUID(),
    name,
    category: 'UPGRADE_READINESS',
    kubernetesVersion,
    lastRefreshTime: now,
    lastTransitionTime: now,
    description,
    insightStatus: { status: 'PASSING', reason: `${name}: no issue found.` },
    recommendation: '',
    additionalInfo: {},
    resources: [],
    categorySpecificSummary: { deprecationDetails: [], addonCompatibilityDetails: [] },
  }))
}

const listInsights: Operation<ListInsightsCommandInput, ListInsightsCommandOutput> = (world, input) => {
  const { categories, kubernetesVersions, statuses } = input.filter ?? {}
  const allows = (wanted: readonly string[] | undefined, value: string | undefined) =>
    !wanted?.length || (value !== undefined && wanted.includes(value))
  const found = clusterNamed(world, input.clusterName).insights.filter(
    (insight) =>
      allows(categories, insight.category) &&
      allows(kubernetesVersions, insight.kubernetesVersion) &&
      allows(statuses, insight.insightStatus?.status),
  )
  const { items, nextToken } = eksPage(found.map(summary), input)
  return { insights: items, nextToken }
}

const summary = ({
  id,
  name,
  category,
  kubernetesVersion,
  lastRefreshTime,
  lastTransitionTime,
  description,
  insightStatus,
}: Insight) => ({
  id,
  name,
  category,
  kubernetesVersion,
  lastRefreshTime,
  lastTransitionTime,
  description,
  insightStatus,
})

const describeInsight: Operation<DescribeInsightCommandInput, DescribeInsightCommandOutput> = (world, input) => {
  const insight = clusterNamed(world, input.clusterName).insights.find(({ id }) => id === input.id)
  if (!insight) throw notFound(`No insight found for id: ${input.id}`, { clusterName: input.clusterName })
  return { insight }
}

export const insights: Operations = { DescribeInsight: describeInsight, ListInsights: listInsights }
