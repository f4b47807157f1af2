import type { Entry } from '../entry.ts'
import type { Kind } from '../kind.ts'
import { ingressDnsSchema, type IngressDnsConfig } from './config.ts'
import { find } from './find.ts'
import { flip, takeOver } from './flip.ts'
import type { IngressDnsFound } from './found.ts'
import { lingers, propagation } from './linger.ts'
import {
  observeBlueTraffic,
  observeHealth,
  observeObstacles,
  observeSplit,
  observeSwitchPoint,
  observeTestRoute,
} from './observe.ts'
import { creates, recordType, removeOrphan } from './orphans.ts'
import { parts, partWords } from './parts.ts'
import { claimOf, foundImportId, plan, switchPointName, type IngressDnsPlan } from './plan.ts'
import { policy } from './policy.ts'
import { program } from './program.ts'
import { typesOf } from './read.ts'

/** A name in Route 53 that leads to the load balancer of a cluster's own ingress controller. Shifts by weights, settled by DNS. */
export const ingressDns: Kind<IngressDnsConfig & Entry, IngressDnsFound, IngressDnsPlan> = {
  name: 'ingress-dns',
  schema: ingressDnsSchema,
  grain: () => 'percent',
  service: ({ service }) => service,
  policy,
  claims: (config) => [claimOf(config)],
  find,
  plan,
  program,
  parts,
  partWords,
  complete: () => Promise.resolve(),
  propagation,
  takeOver,
  switchResources: (site) =>
    typesOf(site).map((type) => ({ type: recordType, name: switchPointName(type), id: foundImportId(site, type) })),
  refreshedToo: creates,
  observe: {
    split: observeSplit,
    health: observeHealth,
    switchPoint: observeSwitchPoint,
    testRoute: observeTestRoute,
    obstacles: observeObstacles,
    blueTraffic: observeBlueTraffic,
  },
  flip,
  creates,
  removeOrphan,
  lingers,
  testRoute: ({ found }) => ({ connect: { host: found.loadBalancers.green.dnsName } }),
}
