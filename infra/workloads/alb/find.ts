import { sourcesNotAdmitted } from '../../aws/security-groups.ts'
import type { Binding } from '../../kubernetes/reads.ts'
import { foundSwitch } from '../elbv2/find.ts'
import { survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import type { ClaimId, Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'
import type { AlbConfig } from './config.ts'
import type { AlbFound } from './found.ts'
import { refuseWhatCannotMove } from './refusals.ts'

export async function find(config: AlbConfig & Entry, surroundings: Surroundings): Promise<AlbFound> {
  const surveyed = await survey(config, surroundings.aws)
  const [blue, green] = await Promise.all([surroundings.blue.bindings(), surroundings.green.bindings()])
  refuseWhatCannotMove({ ...surveyed, bindings: { blue, green } })

  const found = foundSwitch(surveyed, (id) => surroundings.claimed(id))
  const podIngress = await closedSources(config, found.loadBalancer.securityGroups, surroundings)
  return {
    ...found,
    reserves: [...found.reserves, ...podIngress.map((source) => ingressId(config, source))],
    blueGroups: [{ arn: config.blueTargetGroup, multiCluster: blue.every(multiClusterOn(config.blueTargetGroup)) }],
    podIngress,
  }
}

const multiClusterOn = (arn: string) => (binding: Binding) => binding.targetGroupArn !== arn || binding.multiCluster

const ingressId = ({ podIngress }: AlbConfig, source: string): ClaimId =>
  `${podIngress?.securityGroup}#tcp-${podIngress?.port}-from-${source}`

/** Security groups of the load balancer that still have to be let in to green's pods. */
async function closedSources(
  config: AlbConfig,
  sources: readonly string[],
  { aws, claimed }: Surroundings,
): Promise<readonly string[]> {
  if (!config.podIngress) return []
  const { securityGroup, port } = config.podIngress
  const closed = await sourcesNotAdmitted(securityGroup, port, sources, aws)
  if (!closed)
    throw new Refused('podIngress', `security group ${securityGroup} does not exist`, 'Check the id and the region.')
  const shared = closed.find((source) => claimed(ingressId(config, source)))
  if (shared === undefined) return closed
  const reason = `another workload is about to open port ${port} of ${securityGroup} for ${shared}`
  throw new Refused('podIngress', reason, 'Open it by hand for both, or wait until that workload has prepared green.')
}
