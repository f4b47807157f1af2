import type { Store } from '../store/store.ts'
import type { ServiceReference } from '../load-balancer-controller/backends.ts'
import type { Ingress, IngressBackend, IngressPath } from '../types.ts'

export const ingresses = 'networking.k8s.io/ingresses'

interface Candidate {
  readonly host: string
  readonly path: IngressPath
  readonly namespace: string
}

/**
 * The Service that a request goes to, by the rules of all Ingresses of the class. A rule with the host's own name comes before
 * one with a wildcard, and that before one without a host; then an exact path, then the longest
 * (kubernetes.io/docs/concepts/services-networking/ingress). undefined: no rule matches and there is no default backend.
 */
export function routeOf(store: Store, className: string, host: string, path: string): ServiceReference | undefined {
  const own = store.list<Ingress>(ingresses).filter((ingress) => classOf(ingress) === className)
  const [best] = own
    .flatMap(candidatesOf)
    .filter((candidate) => matchesHost(candidate.host, host) && matchesPath(candidate.path, path))
    .sort(moreSpecific)
  if (best) return referenceOf(best.namespace, best.path.backend)
  const fallback = own.find(({ spec }) => spec?.defaultBackend)
  return fallback && referenceOf(fallback.metadata.namespace ?? '', fallback.spec?.defaultBackend)
}

/** The field, or the annotation that was before it. */
const classOf = ({ metadata, spec }: Ingress): string | undefined =>
  spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class']

const candidatesOf = ({ metadata, spec }: Ingress): Candidate[] =>
  (spec?.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map((path) => ({ host, path, namespace: metadata.namespace ?? '' })),
  )

/** A wildcard stands for exactly one label. */
function matchesHost(rule: string, host: string): boolean {
  if (!rule.startsWith('*.')) return rule === '' || rule === host
  return host.slice(host.indexOf('.')) === rule.slice(1) && host.includes('.')
}

/** A prefix is one of whole elements: /shop does not match /shopping. */
function matchesPath({ path: rule = '/', pathType }: IngressPath, path: string): boolean {
  if (pathType === 'Exact') return path === rule
  const prefix = rule.replace(/\/$/, '')
  return path === prefix || path.startsWith(`${prefix}/`)
}

function moreSpecific(a: Candidate, b: Candidate): number {
  const hosts = (host: string) => (host === '' ? 2 : Number(host.startsWith('*.')))
  const inexact = ({ path }: Candidate) => Number(path.pathType !== 'Exact')
  const length = ({ path }: Candidate) => path.path?.length ?? 0
  return hosts(a.host) - hosts(b.host) || inexact(a) - inexact(b) || length(b) - length(a)
}

function referenceOf(namespace: string, backend: IngressBackend | undefined): ServiceReference | undefined {
  const { name, port } = backend?.service ?? {}
  return name === undefined ? undefined : { namespace, name, port: port?.name ?? port?.number ?? 0 }
}
