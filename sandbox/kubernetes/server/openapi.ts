import type { Fields } from '../object.ts'
import type { Resource } from '../resource.ts'
import type { Resources } from '../resources.ts'
import type { Schema, Schemas } from '../schema/schema.ts'
import type { Features } from '../versions.ts'

/**
 * The OpenAPI documents, as far as clients use them: kubectl and Pulumi's plugin read the types to validate and to
 * compute patches, and look into PATCH for the query parameters and media types that the server knows.
 */

const builtInPatches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const customPatches = builtInPatches.filter((type) => !type.includes('strategic'))

const patchesOf = (resource: Resource) => (resource.custom ? customPatches : builtInPatches)

const kindOf = ({ group, version, kind }: Resource) => ({ group, version, kind })

const operationName = (verb: string, { group, version, kind, namespaced }: Resource): string => {
  const title = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  const home = (group || 'core').split('.')[0] ?? ''
  return `${verb}${title(home)}${title(version)}${namespaced ? 'Namespaced' : ''}${kind}`
}

function itemPath({ group, version, plural, namespaced }: Resource): string {
  return `${group ? `/apis/${group}` : '/api'}/${version}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`
}

function queryParameters(features: Features): { name: string; type: 'string' | 'boolean' }[] {
  return [
    { name: 'dryRun', type: 'string' },
    { name: 'fieldManager', type: 'string' },
    ...(features.fieldValidationDocumented ? [{ name: 'fieldValidation', type: 'string' as const }] : []),
    { name: 'force', type: 'boolean' },
  ]
}

const info = (version: string) => ({ title: 'Kubernetes', version: `v${version}` })
const ok = { '200': { description: 'OK' } }

/** `/openapi/v2`. Swagger keeps types under `definitions`. */
export function openApiV2(resources: Resources, schemas: Schemas, features: Features, version: string): Fields {
  const paths = resources.all().map((resource) => {
    const kind = { 'x-kubernetes-group-version-kind': kindOf(resource) }
    return [
      itemPath(resource),
      {
        get: {
          operationId: operationName('read', resource),
          produces: ['application/json'],
          responses: ok,
          'x-kubernetes-action': 'get',
          ...kind,
        },
        patch: {
          operationId: operationName('patch', resource),
          consumes: patchesOf(resource),
          produces: ['application/json'],
          parameters: queryParameters(features).map((parameter) => ({ ...parameter, in: 'query' })),
          responses: ok,
          'x-kubernetes-action': 'patch',
          ...kind,
        },
      },
    ] as const
  })
  const types = { ...schemas.types, ...customTypes(resources.all()) }
  const definitions = JSON.parse(JSON.stringify(types).replaceAll('#/components/schemas/', '#/definitions/')) as Fields
  return { swagger: '2.0', info: info(version), paths: Object.fromEntries(paths), definitions }
}

function customTypes(resources: Resource[]): Record<string, Schema> {
  return Object.fromEntries(resources.flatMap(({ type, custom }) => (custom ? [[type, custom.schema]] : [])))
}

/** The path of a group's version in the v3 documents: `api/v1`, `apis/apps/v1`. */
const groupPath = ({ group, version }: { group: string; version: string }) =>
  `${group ? `apis/${group}` : 'api'}/${version}`

/** `/openapi/v3`: where each group's version has its document. */
export function openApiV3Index(resources: Resources): Fields {
  const all = resources
    .groups()
    .flatMap(({ group, versions }) => versions.map((version) => groupPath({ group, version })))
  const hash = resources.all().length
  return {
    paths: Object.fromEntries(all.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }])),
  }
}

/** `/openapi/v3/apis/apps/v1`, undefined for a version that is not served. */
export function openApiV3(
  resources: Resources,
  schemas: Schemas,
  features: Features,
  version: string,
  path: string,
): Fields | undefined {
  const found = resources.all().filter((resource) => groupPath(resource) === path)
  if (found.length === 0) return undefined
  const paths = found.map((resource) => {
    const kind = { 'x-kubernetes-group-version-kind': kindOf(resource) }
    const parameters = queryParameters(features).map(({ name, type }) => ({ name, in: 'query', schema: { type } }))
    const content = Object.fromEntries(patchesOf(resource).map((type) => [type, { schema: { type: 'object' } }]))
    return [
      `/${itemPath(resource).slice(1)}`,
      {
        get: { operationId: operationName('read', resource), responses: ok, 'x-kubernetes-action': 'get', ...kind },
        patch: {
          operationId: operationName('patch', resource),
          parameters,
          requestBody: { content, required: true },
          responses: ok,
          'x-kubernetes-action': 'patch',
          ...kind,
        },
      },
    ] as const
  })
  return {
    openapi: '3.0.0',
    info: info(version),
    paths: Object.fromEntries(paths),
    components: { schemas: { ...schemas.types, ...customTypes(found) } },
  }
}
