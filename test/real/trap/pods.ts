import type { Colour } from './aws.ts'

/**
 * Every pod of both clusters, with the address that it has on either side, so that even the order of targets within one
 * call can be compared. The addresses are chosen so that their order as text is not their order as numbers.
 */
const addresses = {
  'blue-1': '10.0.1.9',
  'blue-2': '10.0.1.10',
  'blue-3': '10.0.1.8',
  'green-1': '10.0.2.100',
  'green-2': '10.0.2.20',
  'green-3': '10.0.2.3',
} as const

export type PodName = keyof typeof addresses

export const podPort = 8080

export const addressOf = (pod: PodName): string => addresses[pod]

export const podsOf = (colour: Colour): PodName[] =>
  (Object.keys(addresses) as PodName[]).filter((name) => name.startsWith(colour))

export const podNamed = (address: string | undefined): string =>
  Object.entries(addresses).find(([, one]) => one === address)?.[0] ?? address ?? ''
