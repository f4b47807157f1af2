import type { IngressDnsConfig } from './config.ts'
import type { Json, SwitchPoint } from '../kind.ts'
import type { Routed } from './targets.ts'

/** The switch point from its record sets: `foreign` are those among them that are not of our making. */
export function switchPointOf(
  { zone, record }: Pick<IngressDnsConfig, 'zone' | 'record'>,
  own: readonly Routed[],
  foreign: readonly Routed[],
): SwitchPoint {
  return { traffic: jsonOf(inOrder(own)), rest: jsonOf({ zone, record, others: inOrder(foreign) }) }
}

const inOrder = (sets: readonly Routed[]): readonly Routed[] => [...sets].sort((a, b) => compare(keyOf(a), keyOf(b)))

const keyOf = ({ Type, SetIdentifier = '' }: Routed): string => `${Type} ${SetIdentifier}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** SDK answers leave unset members as undefined; JSON does not know it. */
const jsonOf = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json
