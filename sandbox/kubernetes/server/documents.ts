import type { Api } from '../registry/api.ts'
import type { Fields } from '../object.ts'
import { featuresOf, versionInfo } from '../versions.ts'
import { aggregated, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts'
import type { Exchange } from './exchange.ts'
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts'
import { openApiV2Protobuf } from './openapi-protobuf.ts'
import type { Route } from './routes.ts'

export interface Document {
  type: string
  body: Buffer | string
}

const json = (body: Fields): Document => ({ type: 'application/json', body: JSON.stringify(body) })

const health = ['/healthz', '/livez', '/readyz']

/** What anyone may read without a token, as the role system:public-info-viewer has it. */
export const publicPaths = [...health, '/version', '/version/']

const protobuf = 'application/octet-stream'

/** Documents about the server itself. Undefined: the path is none of them, or this version does not have it. */
export function serverDocument(exchange: Exchange, api: Api, version: string): Document | undefined {
  const { path } = exchange
  const features = featuresOf(version)
  if (health.includes(path)) return { type: 'text/plain; charset=utf-8', body: 'ok' }
  if (path === '/version' || path === '/version/') return json(versionInfo(version))
  if (path === '/openapi/v2') {
    const document = openApiV2(api.resources, api.schemas, features, version)
    const wanted = exchange.header('accept').includes('protobuf')
    return wanted ? { type: protobuf, body: openApiV2Protobuf(document) } : json(document)
  }
  const v3 = /^\/openapi\/v3(?:\/(.+))?$/.exec(path)
  if (!v3 || !features.openApiV3) return undefined
  const [, group] = v3
  const document = group
    ? openApiV3(api.resources, api.schemas, features, version, group)
    : openApiV3Index(api.resources)
  return document && json(document)
}

/** Discovery: which groups, versions and resources there are. In one document where client and version know that form. */
export function discoveryDocument(exchange: Exchange, api: Api, version: string, route: Route): Document {
  switch (route.kind) {
    case 'groups': {
      const core = exchange.path.startsWith('/api/') || exchange.path === '/api'
      const wanted = exchange.header('accept')
      for (const form of featuresOf(version).aggregatedDiscovery) {
        const type = `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`
        if (wanted.includes(type)) return { type, body: JSON.stringify(aggregated(api.resources, core, form)) }
      }
      return json(core ? coreVersions() : groupList(api.resources))
    }
    case 'group':
      return json(groupDocument(api.resources, route.group))
    case 'resources':
      return json(resourceList(api.resources, route.group, route.version))
    default:
      throw new Error(`a ${route.kind} is not discovery`)
  }
}
