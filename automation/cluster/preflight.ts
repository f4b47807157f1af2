import type { Aws } from '../../infra/aws/clients.ts'
import { trustPolicyOf } from '../../infra/aws/trust-policies.ts'
import type { ClusterConfig } from '../../infra/cluster/config.ts'
import { baseAddons, plan } from '../../infra/cluster/plan.ts'
import { nextStage, type ClusterSite, type ClusterStage } from '../../infra/cluster/stage.ts'
import {
  requireFits,
  trusting,
  TrustPolicyTooLong,
  trustPolicyQuota,
  trustSid,
  trustStatement,
  unknownIssuer,
} from '../../infra/cluster/trust.ts'
import { defaultAddonVersion, judgeVersion, offeredVersions } from '../../infra/cluster/versions.ts'
import { awsFailed } from '../aws-failed.ts'
import { CutoverError } from '../errors.ts'
import type { Migration, Workload } from '../migration.ts'
import { blueGroupsOf } from './blue-groups.ts'
import { noCluster, type Pins } from './record.ts'
import { toBeBuilt } from './state.ts'

/** Everything that is known before anything is touched. */
export interface Preflight {
  readonly site: ClusterSite
  readonly stage: ClusterStage
  readonly pins: Pins
  /** For people: what may be unwelcome, and none of it is a refusal. */
  readonly warnings: readonly string[]
  /** What the trust policies will say, which no preview can show before the cluster has a provider. */
  readonly trust: readonly string[]
}

/**
 * Looks at AWS before an `up` of the cluster, and refuses what would fail later: a version that is not offered, a role that is not
 * there, a trust policy that would be too long. Throws CutoverError. Writes nothing.
 */
export async function preflight(migration: Migration, workloads: readonly Workload[], aws: Aws): Promise<Preflight> {
  const config = requireToBuild(migration)
  const { name, cluster, inventory } = migration
  const record = cluster ?? noCluster
  const stage = nextStage('built', config, record)
  const [warnings, pins, trust] = await Promise.all([
    answered(checkVersion(config, record.outputs?.version ?? null, aws)),
    answered(pinsFor(config, record.pins, aws)),
    answered(checkTrust(name, stage, inventory.aws.region, record.outputs?.oidcProviderArn ?? null, aws)),
  ])
  const site = siteFor(migration, config, pins, workloads)
  try {
    plan(site, stage)
  } catch (error) {
    throw new CutoverError('inventory-invalid', (error as Error).message, { faults: [] }, error)
  }
  return { site, stage, pins, warnings, trust }
}

export function requireToBuild({ name, inventory }: Migration): ClusterConfig {
  const config = toBeBuilt(inventory.green)
  if (config) return config
  const message = `the inventory of ${name} names a cluster that exists, ${inventory.green.cluster}: it is not ours to build or destroy`
  throw new CutoverError('cluster-given', message, { cluster: inventory.green.cluster })
}

export const siteFor = (
  { name, inventory }: Migration,
  config: ClusterConfig,
  pins: Pins,
  workloads: readonly Workload[],
): ClusterSite => ({
  migration: name,
  region: inventory.aws.region,
  config,
  addons: { ...pins.addons, ...config.addons },
  blueTargetGroups: blueGroupsOf(workloads).map(({ arn }) => arn),
})

/** What is built already may go on with its version when EKS offers it to nobody else any more. */
async function checkVersion({ version }: ClusterConfig, built: string | null, aws: Aws): Promise<string[]> {
  const judged = judgeVersion(version, await offeredVersions(aws))
  if (judged.verdict === 'offered') return judged.warning ? [judged.warning] : []
  const { sentence, offered } = judged
  if (version === built) return [sentence]
  throw new CutoverError('version-not-offered', sentence, { version, offered })
}

/** Chosen once for each version of Kubernetes, so that no later `up` upgrades an add-on by the way. */
async function pinsFor({ version, addons: named = {} }: ClusterConfig, before: Pins | null, aws: Aws): Promise<Pins> {
  if (before?.version === version) return before
  const open = baseAddons.filter((addon) => !named[addon])
  const chosen = await Promise.all(
    open.map(async (addon) => {
      const pinned = await defaultAddonVersion(addon, version, aws)
      if (pinned) return [addon, pinned] as const
      const message = `EKS has no version of ${addon} for Kubernetes ${version}: name one under green.addons`
      throw new CutoverError('version-not-offered', message, { version, addon })
    }),
  )
  return { version, addons: Object.fromEntries(chosen) }
}

async function checkTrust(
  migration: string,
  { roles }: ClusterStage,
  region: string,
  providerArn: string | null,
  aws: Aws,
): Promise<string[]> {
  const issuer = providerArn
    ? { providerArn, name: providerArn.slice(providerArn.indexOf('/') + 1) }
    : unknownIssuer(region, '0'.repeat(12))
  return Promise.all(
    roles.map(async ({ role, serviceAccounts, trust }) => {
      const policy = await trustPolicyOf(role, aws)
      if (policy === null) throw new CutoverError('trust-policy-refused', `there is no role ${role}`, { role })
      const sid = trustSid(migration)
      if (trust === 'withdrawn') return `role ${role}: loses statement ${sid}, all others stay`
      const wanted = trusting(policy, trustStatement(sid, issuer, serviceAccounts))
      fits(role, wanted)
      const { length } = JSON.stringify(JSON.parse(wanted))
      return `role ${role}: trusts ${serviceAccounts.join(', ')} of green by statement ${sid}, all others stay; ${length} of ${trustPolicyQuota} characters`
    }),
  )
}

function fits(role: string, policy: string): void {
  try {
    requireFits(role, policy)
  } catch (error) {
    if (!(error instanceof TrustPolicyTooLong)) throw error
    throw new CutoverError('trust-policy-refused', error.message, { role, characters: error.characters })
  }
}

const answered = <T>(question: Promise<T>): Promise<T> =>
  question.catch((error: unknown) => {
    if (error instanceof CutoverError) throw error
    throw awsFailed('AWS could not be asked', error)
  })
