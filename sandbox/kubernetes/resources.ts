import { oldIngress } from './registry/old-ingress.ts'
import type { Conversion, Resource, Subresource } from './resource.ts'
import { within } from './versions.ts'

interface Row {
  group?: string
  version?: string
  kind: string
  plural: string
  shortNames?: string[]
  categories?: string[]
  clusterWide?: true
  subresources?: Subresource[]
  generation?: true
  /** The model's name in @kubernetes/client-node where it is not version + kind. */
  type?: string
  /** The key of the row whose objects these are, in another form. */
  formOf?: { key: string; conversion: Conversion; warning: string }
  /** The Kubernetes versions that serve it; unset on a side means as far as this sandbox goes. */
  served?: { from?: string; until?: string }
}

/** Until 1.22 Ingresses are served in this form, too, by two groups. */
const oldIngresses = (group: string, since: string): Row => ({
  group,
  version: 'v1beta1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  subresources: ['status'],
  generation: true,
  served: { until: '1.22' },
  formOf: {
    key: 'networking.k8s.io/ingresses',
    conversion: oldIngress,
    warning: `${group}/v1beta1 Ingress is deprecated in ${since}, unavailable in v1.22+; use networking.k8s.io/v1 Ingress`,
  },
})

/**
 * THE table of what is served, in which API version, by which Kubernetes version. Everything follows from it: routes,
 * discovery, OpenAPI documents, defaults and tables. Sources: kubernetes.io/docs/reference/using-api/deprecation-guide.
 */
const rows: Row[] = [
  { kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], clusterWide: true, subresources: ['status'] },
  { kind: 'Node', plural: 'nodes', shortNames: ['no'], clusterWide: true, subresources: ['status'] },
  { kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], subresources: ['status'] },
  { kind: 'Service', plural: 'services', shortNames: ['svc'], categories: ['all'], subresources: ['status'] },
  { kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'] },
  { kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
  { kind: 'Secret', plural: 'secrets' },
  { kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'] },
  { kind: 'Event', plural: 'events', shortNames: ['ev'], type: 'CoreV1Event' },
  // Only stored: Pulumi's plugin watches claims while it waits for a Deployment.
  { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', shortNames: ['pvc'], subresources: ['status'] },
  {
    group: 'apps',
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: ['status', 'scale'],
    generation: true,
  },
  {
    group: 'apps',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    shortNames: ['rs'],
    categories: ['all'],
    subresources: ['status', 'scale'],
    generation: true,
  },
  {
    group: 'discovery.k8s.io',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    generation: true,
    served: { from: '1.21' },
  },
  {
    group: 'networking.k8s.io',
    kind: 'Ingress',
    plural: 'ingresses',
    shortNames: ['ing'],
    subresources: ['status'],
    generation: true,
  },
  {
    group: 'networking.k8s.io',
    kind: 'IngressClass',
    plural: 'ingressclasses',
    clusterWide: true,
    generation: true,
  },
  oldIngresses('networking.k8s.io', 'v1.19+'),
  oldIngresses('extensions', 'v1.14+'),
  {
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    clusterWide: true,
    subresources: ['status'],
    generation: true,
  },
]

function resourceOf({ group = '', version = 'v1', ...row }: Row): Resource {
  return {
    group,
    version,
    kind: row.kind,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: !row.clusterWide,
    subresources: row.subresources ?? [],
    generation: row.generation ?? false,
    type: row.type ?? `${version[0]?.toUpperCase()}${version.slice(1)}${row.kind}`,
    key: row.formOf?.key ?? `${group}/${row.plural}`,
    ...(row.formOf && { conversion: row.formOf.conversion, warning: row.formOf.warning }),
  }
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group ? `${group}/${version}` : version
}

/** The resources that a cluster serves: the table's rows of its version, and whatever its CustomResourceDefinitions add. */
export class Resources {
  readonly #builtIn: Resource[]
  readonly #custom = new Map<string, Resource[]>()

  constructor(version: string) {
    this.#builtIn = rows.filter((row) => within(version, row.served ?? {})).map(resourceOf)
  }

  all(): Resource[] {
    return [...this.#builtIn, ...[...this.#custom.values()].flat()]
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all().find((one) => one.group === group && one.version === version && one.plural === plural)
  }

  /** The resource of a kind that is always there; `plural` as in `kubectl get`, with its group unless that is core. */
  builtIn(plural: string): Resource {
    const resource = this.#builtIn.find((one) => plural === (one.group ? `${one.plural}.${one.group}` : one.plural))
    if (!resource) throw new Error(`no built-in resource is called ${plural}`)
    return resource
  }

  /** The preferred version of a stored resource. */
  stored(key: string): Resource | undefined {
    return this.all().find((one) => one.key === key)
  }

  setCustom(definition: string, versions: Resource[]): void {
    if (versions.length === 0) this.#custom.delete(definition)
    else this.#custom.set(definition, versions)
  }

  /** Groups in the order of the table, each with its versions; the first is preferred. */
  groups(): { group: string; versions: string[] }[] {
    const groups = new Map<string, string[]>()
    for (const { group, version } of this.all()) {
      const versions = groups.get(group) ?? []
      if (!versions.includes(version)) groups.set(group, [...versions, version])
    }
    return [...groups].map(([group, versions]) => ({ group, versions }))
  }
}
