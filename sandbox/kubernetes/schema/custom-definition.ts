import type { PrinterColumn, Resource, Subresource } from '../resource.ts'
import { fieldsOf, listOf, type Fields, type KubernetesObject } from '../object.ts'
import { refTo, type Schema } from './schema.ts'

interface DefinitionVersion {
  name: string
  served: boolean
  storage: boolean
  schema?: { openAPIV3Schema?: Schema }
  subresources?: Fields
  additionalPrinterColumns?: PrinterColumn[]
}

export type CustomResourceDefinition = KubernetesObject<{
  spec: {
    group: string
    scope: 'Namespaced' | 'Cluster'
    names: {
      kind: string
      plural: string
      singular?: string
      listKind?: string
      shortNames?: string[]
      categories?: string[]
    }
    versions: DefinitionVersion[]
  }
  status?: Fields
}>

/** `aws.k8s.elbv2.v1beta1.TargetGroupBinding`: the group backwards, as the API server names such types. */
function typeName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.')
}

/** The whole object's schema: a definition leaves apiVersion, kind and metadata to the API server. */
function wholeSchema(schema: Schema, group: string, version: string, kind: string): Schema {
  return {
    ...schema,
    type: 'object',
    properties: {
      ...schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: refTo('V1ObjectMeta'),
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  }
}

/** The resources that a definition makes, the storage version first, which discovery prefers. */
export function resourcesOf({ metadata, spec }: CustomResourceDefinition): Resource[] {
  const { group, names } = spec
  const served = spec.versions.filter((version) => version.served)
  return served
    .toSorted((a, b) => Number(b.storage) - Number(a.storage))
    .map((version) => ({
      group,
      version: version.name,
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: spec.scope === 'Namespaced',
      subresources: Object.keys(fieldsOf(version.subresources)).filter((one): one is Subresource => one === 'status'),
      generation: true,
      type: typeName(group, version.name, names.kind),
      key: `${group}/${names.plural}`,
      custom: {
        definition: metadata.name,
        schema: wholeSchema(version.schema?.openAPIV3Schema ?? {}, group, version.name, names.kind),
        columns: listOf(version.additionalPrinterColumns) as PrinterColumn[],
      },
    }))
}
