import { listOf, type Fields, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import { notAcceptable } from '../status-error.ts'
import { columnsOf, type Column } from './columns.ts'
import type { Exchange } from './exchange.ts'

/** The forms in which a client can ask for objects. */
export type Form = 'object' | 'table' | 'metadata'

/** The first thing in the Accept header that is served here. Protobuf is not. */
export function formOf(exchange: Exchange): { form: Form; version: string; yaml: boolean } {
  const accepts = (exchange.header('accept') || '*/*').split(',').map((one) => one.trim())
  for (const accept of accepts) {
    const [type = '', ...parameters] = accept.split(';').map((one) => one.trim())
    const parameter = (name: string) => parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
    const as = parameter('as')
    const version = parameter('v') ?? 'v1'
    if (type === 'application/json' && as === 'Table') return { form: 'table', version, yaml: false }
    if (type === 'application/json' && as?.startsWith('PartialObjectMetadata')) {
      return { form: 'metadata', version, yaml: false }
    }
    if (as !== undefined) continue
    if (type === 'application/yaml') return { form: 'object', version, yaml: true }
    if (['application/json', 'application/*', '*/*'].includes(type)) return { form: 'object', version, yaml: false }
  }
  throw notAcceptable()
}

const metadataOf = ({ metadata }: Fields): Fields => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})

function row(columns: Column[], object: KubernetesObject, include: string): Fields {
  return {
    cells: columns.map((column) => column.cell(object)),
    ...(include !== 'None' && { object: include === 'Object' ? object : metadataOf(object) }),
  }
}

function tableOf(
  resource: Resource,
  version: string,
  metadata: unknown,
  objects: unknown[],
  include: string,
  headers: boolean,
): Fields {
  const columns = columnsOf(resource)
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: headers
      ? columns.map(({ name, type, format = '', priority }) => ({ name, type, format, description: name, priority }))
      : null,
    rows: objects.map((object) => row(columns, object as KubernetesObject, include)),
  }
}

/** An object or a list of a resource in the form that the client asked for. A watch sends the headers of its table once. */
export function represent(exchange: Exchange, resource: Resource, body: Fields, headers = true): Fields {
  const { form, version } = formOf(exchange)
  if (form === 'object') return body
  const isList = Array.isArray(body.items)
  if (form === 'metadata') {
    if (!isList) return metadataOf(body)
    const items = listOf(body.items).map((item) => metadataOf(item as Fields))
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: body.metadata, items }
  }
  const include = exchange.parameter('includeObject') ?? 'Metadata'
  const { resourceVersion } = body.metadata as Fields
  const objects = isList ? listOf(body.items) : [body]
  return tableOf(resource, version, isList ? body.metadata : { resourceVersion }, objects, include, headers)
}
