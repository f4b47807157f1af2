import type { Probe } from '../entry.ts'
import type { TestRoute } from '../kind.ts'
import { filled, parseUri } from './gateway/uri.ts'
import type { ApiSite, FoundHttpApi, FoundRestApi, RestIntegration } from './found.ts'
import { isRest } from './plan.ts'

/** Green's own listener, or a stage of its own where a stage variable tells the sides apart. Pure. */
export function testRouteOf(site: ApiSite): TestRoute {
  const { probe } = site.config
  if (probe === 'none') return { none: 'the service cannot reach the front door (probe: none)' }
  if (!isRest(site)) return httpRoute(site as ApiSite<FoundHttpApi>)
  return site.found.api.variable ? stageRoute(site, probe) : listenerRoute(site, probe)
}

/** The path of the probe as the API sees it; null: the probe does not name the stage, behind a custom domain for one. */
function pathInStage({ found: { api } }: ApiSite, { url }: Probe): string | null {
  const { pathname } = new URL(url)
  const prefix = `/${api.stage}`
  return pathname === prefix || pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) || '/' : null
}

function stageRoute(site: ApiSite<FoundRestApi>, probe: Probe): TestRoute {
  const { stage, testStage } = site.found.api
  if (!testStage || 'none' in testStage) return { none: testStage?.none ?? 'there is no test stage' }
  if (pathInStage(site, probe) === null) return { none: `the probe's path does not begin with the stage /${stage}` }
  return { path: { from: `/${stage}`, to: `/${testStage.name}` } }
}

/** What API Gateway would ask the backend: its path, its Host header, in the open or by TLS. */
function listenerRoute(site: ApiSite<FoundRestApi>, probe: Probe): TestRoute {
  const path = pathInStage(site, probe)
  if (path === null) return { none: `the probe's path does not begin with the stage /${site.found.api.stage}` }
  const asked = backendOf(site, path)
  if (!asked) return { none: `no integration of the workload is at ${path}` }
  const { pathname } = new URL(probe.url)
  return {
    headers: { host: asked.host },
    connect: { ...listenerOf(site), protocol: asked.protocol },
    path: { from: pathname, to: asked.path },
  }
}

const listenerOf = ({ found, config }: ApiSite): { host: string; port: number } => ({
  host: found.loadBalancer.dnsName,
  port: config.greenPort ?? found.listener.port,
})

interface Backend {
  readonly host: string
  readonly path: string
  readonly protocol: 'http' | 'https'
}

function backendOf({ found: { api } }: ApiSite<FoundRestApi>, path: string): Backend | null {
  const byLength = [...api.integrations].sort((a, b) => b.path.length - a.path.length)
  for (const integration of byLength) {
    const variables = matched(integration.path, path)
    const uri = variables && parseUri(filled(withPath(integration, variables), api.variables))
    if (uri) return { host: uri.authority, protocol: uri.scheme, path: uri.rest.split('?')[0] || '/' }
  }
  return null
}

/** Variables of a path that fits `/shop/{proxy+}`; null: it does not fit. */
export function matched(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  const variables: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/.exec(segment) ?? []
    const value = given[index]
    if (value === undefined) return null
    if (name !== undefined && greedy) return { ...variables, [name]: given.slice(index).join('/') }
    if (name !== undefined) variables[name] = value
    else if (segment !== value) return null
  }
  return wanted.length === given.length ? variables : null
}

/** `{name}` in a URI is what `integration.request.path.name` maps to it. */
function withPath({ uris, requestParameters }: RestIntegration, variables: Readonly<Record<string, string>>): string {
  return uris.green.replace(/(?<!\$)\{([\w.-]+)\}/g, (reference, name: string) => {
    const from = requestParameters[`integration.request.path.${name}`] ?? ''
    return variables[from.replace('method.request.path.', '')] ?? reference
  })
}

/** A private integration of an HTTP API gets the path as it is, the stage's name in it. */
function httpRoute(site: ApiSite<FoundHttpApi>): TestRoute {
  const { integrations } = site.found.api
  if (integrations.some(({ mapped }) => mapped)) return { none: 'an integration maps its requests to other ones' }
  const protocol = integrations.some(({ tls }) => tls) ? 'https' : 'http'
  return { connect: { ...listenerOf(site), protocol } }
}
