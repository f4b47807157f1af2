import type { Binding } from '../../kubernetes/reads.ts'
import { foundSwitch } from '../elbv2/find.ts'
import { closedSources, ingressId } from '../elbv2/sources.ts'
import { survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import type { Surroundings } from '../kind.ts'
import type { AlbConfig } from './config.ts'
import type { AlbFound } from './found.ts'
import { refuseWhatCannotMove } from './refusals.ts'

export async function find(config: AlbConfig & Entry, surroundings: Surroundings): Promise<AlbFound> {
  const surveyed = await survey(config, surroundings.aws)
  const [blue, green] = await Promise.all([surroundings.blue.bindings(), surroundings.green.bindings()])
  refuseWhatCannotMove({ ...surveyed, bindings: { blue, green } })

  const found = foundSwitch(surveyed, (id) => surroundings.claimed(id))
  const { podIngress: guarded } = config
  const podIngress = guarded
    ? await closedSources('podIngress', guarded, found.loadBalancer.securityGroups, surroundings)
    : []
  return {
    ...found,
    reserves: [...found.reserves, ...(guarded ? podIngress.map((source) => ingressId(guarded, source)) : [])],
    blueGroups: [{ arn: config.blueTargetGroup, multiCluster: blue.every(multiClusterOn(config.blueTargetGroup)) }],
    podIngress,
  }
}

const multiClusterOn = (arn: string) => (binding: Binding) => binding.targetGroupArn !== arn || binding.multiCluster
