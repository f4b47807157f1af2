import type { Fields } from '../object.ts'
import type { Resource } from '../resource.ts'
import { apiVersionOf, type Resources } from '../resources.ts'
import { PathNotFound } from '../status-error.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const subresourceVerbs = ['get', 'patch', 'update']

const kindOf = (resource: Resource, subresource: string) =>
  subresource === 'scale'
    ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
    : { group: resource.group, version: resource.version, kind: resource.kind }

function groupOf(group: string, versions: string[]): Fields {
  const entries = versions.map((version) => ({ groupVersion: apiVersionOf({ group, version }), version }))
  return { name: group, versions: entries, preferredVersion: entries[0] }
}

/** `/api`: the versions of the core group, the only one without a name. */
export function coreVersions(): Fields {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
}

/** `/apis` */
export function groupList(resources: Resources): Fields {
  const groups = resources.groups().filter(({ group }) => group !== '')
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(({ group, versions }) => groupOf(group, versions)),
  }
}

/** `/apis/apps` */
export function groupDocument(resources: Resources, name: string): Fields {
  const found = resources.groups().find(({ group }) => group === name)
  if (!found || name === '') throw new PathNotFound()
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, found.versions) }
}

/** `/api/v1`, `/apis/apps/v1` */
export function resourceList(resources: Resources, group: string, version: string): Fields {
  const found = resources.all().filter((one) => one.group === group && one.version === version)
  if (found.length === 0) throw new PathNotFound()
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: found.flatMap((resource) => [
      {
        name: resource.plural,
        // Filled in for built-in resources from 1.27 on.
        singularName: resource.custom ? resource.singular : '',
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs,
        ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
        ...(resource.categories.length > 0 && { categories: resource.categories }),
      },
      ...resource.subresources.map((subresource) => ({
        name: `${resource.plural}/${subresource}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(subresource === 'scale' && { group: 'autoscaling', version: 'v1' }),
        kind: kindOf(resource, subresource).kind,
        verbs: subresourceVerbs,
      })),
    ]),
  }
}

function aggregatedResource(resource: Resource): Fields {
  return {
    resource: resource.plural,
    responseKind: kindOf(resource, ''),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs,
    ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
    ...(resource.categories.length > 0 && { categories: resource.categories }),
    ...(resource.subresources.length > 0 && {
      subresources: resource.subresources.map((subresource) => ({
        subresource,
        responseKind: kindOf(resource, subresource),
        verbs: subresourceVerbs,
      })),
    }),
  }
}

/** Everything below `/api` or `/apis` in one document. `version` is the document's own: v2beta1 until 1.30, v2 since. */
export function aggregated(resources: Resources, core: boolean, version: string): Fields {
  const groups = resources.groups().filter(({ group }) => (group === '') === core)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versions.map((one) => ({
        version: one,
        freshness: 'Current',
        resources: resources
          .all()
          .filter((found) => found.group === group && found.version === one)
          .map(aggregatedResource),
      })),
    })),
  }
}
