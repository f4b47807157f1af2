import type { GreenNodes } from '../kind.ts'
import { Refused } from '../refused.ts'
import type { NodePortConfig } from './config.ts'

/** Where the Service listens in green: as the entry says, else as the cluster that we built has it. Throws Refused. */
export function nodesOf({ greenNodes }: NodePortConfig, known: GreenNodes | undefined): GreenNodes {
  const nodes = greenNodes ?? known
  if (nodes) return nodes
  const reason = 'the entry names no nodes, and green is not a cluster that was built here'
  throw new Refused('greenNodes', reason, "Name green's auto-scaling groups.")
}
