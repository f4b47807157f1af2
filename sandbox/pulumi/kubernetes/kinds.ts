import { textOf, type KubernetesObject } from './objects.ts'

export interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

export function kindOf(object: KubernetesObject): Kind {
  return { apiVersion: textOf(object.apiVersion), kind: textOf(object.kind) }
}

/** `kubernetes:apps/v1:Deployment`; the core group is written `core`. */
export function kindOfToken(token: string): Kind {
  const [, groupVersion = '', kind = ''] = token.split(':')
  return { apiVersion: groupVersion.replace(/^core\//, ''), kind }
}

/** From a CRD, as far as a name can tell: Kubernetes' own groups have no dot or end in `.k8s.io`. */
export function isCustom({ apiVersion }: Kind): boolean {
  const [group = '', version] = apiVersion.split('/')
  return version !== undefined && group.includes('.') && !group.endsWith('.k8s.io')
}

/** The official provider has more than objects: charts, manifests, patches and lists. */
export function refuseUnsupported(token: string): void {
  const kind = kindOfToken(token)
  const isMore =
    /^(helm\.sh|yaml|kustomize)\//.test(kind.apiVersion) || (!isCustom(kind) && /(Patch|List)$/.test(kind.kind))
  if (isMore) throw new Error(`${token} is not supported by this stand-in provider`)
}
