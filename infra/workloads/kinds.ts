import { alb } from './alb/kind.ts'
import { ingressDns } from './ingress-dns/kind.ts'
import type { AnyKind } from './kind.ts'
import { nlbApiGateway } from './nlb-api-gateway/kind.ts'
import { nodePort } from './node-port/kind.ts'

/** Every way of being exposed that can be moved. */
export const kinds = {
  alb,
  'ingress-dns': ingressDns,
  'nlb-api-gateway': nlbApiGateway,
  'node-port': nodePort,
} as const satisfies Record<string, AnyKind>

export type KindName = keyof typeof kinds

export const isKindName = (name: string): name is KindName => Object.hasOwn(kinds, name)

export const kindOf = (name: KindName): AnyKind => kinds[name]
