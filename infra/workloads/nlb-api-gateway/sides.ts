import type { Aws } from '../../aws/clients.ts'
import { home, moved, type Colour, type Split } from '../../traffic.ts'
import { listenersOf } from '../elbv2/network-survey.ts'
import type { WorkloadOutputs } from '../kind.ts'
import type { GatewayApi, IntegrationKey } from './gateway/gateway-api.ts'
import { httpApi } from './gateway/http-api.ts'
import type { ApiOperation, ApiOperations } from './gateway/operations.ts'
import { restApi } from './gateway/rest-api.ts'
import { filled, portOf } from './gateway/uri.ts'
import { gatewayOutputs, type ApiSite, type FoundApi } from './found.ts'

/** One integration of the workload's, and the operations that lead to it. */
export interface Ours {
  readonly key: IntegrationKey
  readonly operations: readonly string[]
  readonly connection: string
  /** null: not known yet, because green has no listener. */
  readonly uris: { readonly blue: string; readonly green: string | null }
}

export const gatewayApi = ({ found: { api } }: ApiSite, aws: Aws): GatewayApi =>
  api.protocol === 'rest' ? restApi(api.id, api.stage, aws) : httpApi(api.id, api.stage, aws)

/** Every integration that is switched. `greenListener`: the ARN of green's, which those of HTTP APIs name. */
export function oursIn(api: FoundApi, greenListener: string | null): readonly Ours[] {
  if (api.protocol === 'http') {
    return api.integrations.map(({ integration, routes, connection, uri }) => ({
      key: { integration },
      operations: routes,
      connection,
      uris: { blue: uri, green: greenListener },
    }))
  }
  return api.integrations.map(({ resource, method, path, connection, uris }) => ({
    key: { resource, method },
    operations: [`${method} ${path}`],
    connection,
    uris,
  }))
}

/** Green's listener by the records, or the one that stands at green's port; null: there is none. */
export async function greenListenerOf(
  { found, config }: ApiSite,
  outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<string | null> {
  const known = gatewayOutputs(outputs)?.greenListener
  if (known) return known
  const listeners = await listenersOf(found.loadBalancer.arn, aws)
  return listeners.find(({ Port }) => Port === config.greenPort)?.ListenerArn ?? null
}

/** Where a URI leads: by the port behind the VPC link, or by the listener that it names. null: to neither side. */
export function sideOf(
  { found, config }: ApiSite,
  uri: string,
  variables: Readonly<Record<string, string>>,
  greenListener: string | null,
): Colour | null {
  if (found.api.protocol === 'http') {
    if (uri === found.listener.arn) return 'blue'
    return greenListener !== null && uri === greenListener ? 'green' : null
  }
  const port = portOf(filled(uri, variables))
  if (port === found.listener.port) return 'blue'
  return port === config.greenPort ? 'green' : null
}

/** The split of what is served; null where the operations disagree, are gone or lead to anything else. */
export function splitOf(
  site: ApiSite,
  served: ApiOperations,
  variables: Readonly<Record<string, string>>,
  greenListener: string | null,
): Split | null {
  const sides = new Set<Colour | null>()
  for (const ours of oursIn(site.found.api, greenListener))
    for (const operation of ours.operations) sides.add(sideServed(served.get(operation), ours))
  if (sides.size !== 1) return null
  if (sides.has('blue')) return home
  return sides.has('green') ? moved : null

  function sideServed(operation: ApiOperation | undefined, { connection }: Ours): Colour | null {
    if (operation?.connection !== connection) return null
    return sideOf(site, operation.uri, variables, greenListener)
  }
}

/** For a comparison that shall not see which side the workload's own operations lead to. */
export function namelessIn(site: ApiSite, greenListener: string | null): (key: string, uri: string) => string {
  const own = new Map(
    oursIn(site.found.api, greenListener).flatMap((ours) => ours.operations.map((key) => [key, ours])),
  )
  return (key, uri) => {
    const { uris } = own.get(key) ?? { uris: null }
    return uris && (uri === uris.blue || uri === uris.green) ? 'either side of the workload' : uri
  }
}
