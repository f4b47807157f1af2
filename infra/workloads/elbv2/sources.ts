import { sourcesNotAdmitted } from '../../aws/security-groups.ts'
import type { ClaimId, Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'

/** A port of green's that a security group guards. */
export interface Guarded {
  readonly securityGroup: string
  readonly port: number
}

/** One rule would have two owners. */
export const ingressId = ({ securityGroup, port }: Guarded, source: string): ClaimId =>
  `${securityGroup}#tcp-${port}-from-${source}`

/** Which of `sources`, security groups or address ranges of the load balancer's side, still have to be let in. Throws Refused with `field` of the entry. */
export async function closedSources(
  field: string,
  guarded: Guarded,
  sources: readonly string[],
  { aws, claimed }: Pick<Surroundings, 'aws' | 'claimed'>,
): Promise<readonly string[]> {
  const { securityGroup, port } = guarded
  const closed = await sourcesNotAdmitted(securityGroup, port, sources, aws)
  if (!closed)
    throw new Refused(field, `security group ${securityGroup} does not exist`, 'Check the id and the region.')
  const shared = closed.find((source) => claimed(ingressId(guarded, source)))
  if (shared === undefined) return closed
  const reason = `another workload is about to open port ${port} of ${securityGroup} for ${shared}`
  throw new Refused(field, reason, 'Open it by hand for both, or wait until that workload has prepared green.')
}
