import type { Policy, PolicyScope } from '../../../infra/policies/grant.ts'
import type { AnyKind, Site } from '../../../infra/workloads/kind.ts'
import { kinds } from '../../../infra/workloads/kinds.ts'
import { listenerSite, site as ruleSite } from '../workloads/alb/fixture.ts'
import { site as recordSite } from '../workloads/ingress-dns/fixture.ts'
import { httpSite, restSite, variableSite } from '../workloads/nlb-api-gateway/fixture.ts'
import { weighedSite } from '../workloads/nlb-api-gateway/weights-fixture.ts'
import { site as nodePortSite } from '../workloads/node-port/fixture.ts'
import { networkSite, sharedSite } from '../workloads/node-port/network-fixture.ts'

export const scope: PolicyScope = { migration: 'prod-2026', region: 'eu-central-1', greenGroups: ['*'] }

/** One of each way in which an entry can ask for rights. */
const sites: Readonly<Record<string, readonly [AnyKind, Site]>> = {
  'alb, a rule': [kinds.alb, ruleSite],
  'alb, a listener': [kinds.alb, listenerSite],
  'node-port, a rule': [kinds['node-port'], nodePortSite],
  'node-port, a listener': [kinds['node-port'], networkSite],
  'node-port, shared': [kinds['node-port'], sharedSite],
  'ingress-dns': [kinds['ingress-dns'], recordSite],
  'an integration of a REST API': [kinds['nlb-api-gateway'], restSite],
  'a stage variable': [kinds['nlb-api-gateway'], variableSite(false)],
  'a cached stage': [kinds['nlb-api-gateway'], { ...restSite, config: { ...restSite.config, flushCache: true } }],
  'an integration of an HTTP API': [kinds['nlb-api-gateway'], httpSite(true)],
  'the weights of a listener': [kinds['nlb-api-gateway'], weighedSite],
}

export const samples: readonly (readonly [name: string, site: Site, policy: Policy])[] = Object.entries(sites).map(
  ([name, [kind, site]]) => [name, site, kind.policy(site.config, scope)],
)

export const sample = (wanted: string): { readonly site: Site; readonly policy: Policy } => {
  const [, site, policy] = samples.find(([name]) => name === wanted) ?? []
  if (!site || !policy) throw new Error(`there is no sample ${wanted}`)
  return { site, policy }
}
