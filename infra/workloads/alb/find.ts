import { foundPods } from '../elbv2/found-pods.ts'
import { survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import type { Surroundings } from '../kind.ts'
import type { AlbConfig } from './config.ts'
import type { AlbFound } from './found.ts'
import { refuseWhatCannotMove } from './refusals.ts'

export async function find(config: AlbConfig & Entry, surroundings: Surroundings): Promise<AlbFound> {
  const surveyed = await survey(config, surroundings.aws)
  const [blue, green] = await Promise.all([surroundings.blue.bindings(), surroundings.green.bindings()])
  const bound = { ...surveyed, bindings: { blue, green } }
  refuseWhatCannotMove(bound)
  return foundPods(config, bound, surroundings)
}
