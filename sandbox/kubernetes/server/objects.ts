import { inVersion, type Api, type WriteOptions } from '../registry/api.ts'
import type { DeleteOptions } from '../registry/deletion.ts'
import { scaled, scaleOf } from '../registry/scale.ts'
import { fieldsOf, listOf, type Fields, type KubernetesObject } from '../object.ts'
import { jsonPatch } from '../patch/json-patch.ts'
import { mergePatch } from '../patch/merge-patch.ts'
import { strategicMergePatch } from '../patch/strategic-merge-patch.ts'
import type { Resource } from '../resource.ts'
import {
  badRequest,
  invalid,
  methodNotAllowed,
  resourceNotFound,
  required,
  unsupportedMediaType,
} from '../status-error.ts'
import type { Exchange } from './exchange.ts'
import { list, listed, matcherOf } from './listing.ts'
import type { Route } from './routes.ts'
import { watch } from './watching.ts'

export interface Answer {
  code: number
  body: Fields
  /** Set when the body is an object or a list of this resource, so that it can be shown as a table. */
  resource?: Resource
}

type CollectionRoute = Extract<Route, { kind: 'collection' }>
type ObjectRoute = Extract<Route, { kind: 'object' }>

const applyPatch = 'application/apply-patch+yaml'

const answer = (resource: Resource, object: KubernetesObject, code = 200): Answer => ({
  code,
  body: inVersion(resource, object),
  resource,
})

async function deleteOptionsOf(exchange: Exchange): Promise<DeleteOptions> {
  const body = fieldsOf(await exchange.body())
  const grace = body.gracePeriodSeconds ?? exchange.parameter('gracePeriodSeconds')
  const orphans = body.orphanDependents === true || exchange.flag('orphanDependents')
  const policy = body.propagationPolicy ?? exchange.parameter('propagationPolicy') ?? (orphans ? 'Orphan' : undefined)
  return {
    ...(grace !== undefined && grace !== null && { gracePeriodSeconds: Number(grace) }),
    ...(policy !== undefined && { propagationPolicy: policy as DeleteOptions['propagationPolicy'] }),
    ...(body.preconditions !== undefined && { preconditions: fieldsOf(body.preconditions) }),
    dryRun: listOf(body.dryRun).includes('All') || exchange.parameter('dryRun') === 'All',
  }
}

export async function onCollection(
  exchange: Exchange,
  api: Api,
  route: CollectionRoute,
  validates: boolean,
): Promise<Answer | 'streaming'> {
  const { resource, namespace } = route
  switch (exchange.method) {
    case 'GET':
      if (!exchange.flag('watch')) return { code: 200, body: list(exchange, api, resource, namespace), resource }
      watch(exchange, api, resource, { namespace })
      return 'streaming'
    case 'POST': {
      if (resource.namespaced && namespace === undefined) throw methodNotAllowed()
      const options = exchange.writeOptions(validates)
      return answer(resource, await api.create(resource, await exchange.object(), { namespace }, options), 201)
    }
    case 'DELETE': {
      const found = api.store.list(resource.key, namespace).filter(matcherOf(exchange, resource, namespace))
      const options = await deleteOptionsOf(exchange)
      for (const { metadata } of found) api.delete(resource, metadata, options)
      return {
        code: 200,
        body: { ...list(exchange, api, resource, namespace), items: found.map((object) => listed(resource, object)) },
        resource,
      }
    }
    default:
      throw methodNotAllowed()
  }
}

type Patch = (live: Fields) => Fields

/** How to compute the new object, by the media type of the patch. */
async function patchOf(exchange: Exchange, api: Api, resource: Resource): Promise<Patch> {
  switch (exchange.mediaType) {
    case 'application/json-patch+json': {
      const operations = await exchange.body()
      return (live) => jsonPatch(live, operations)
    }
    case 'application/merge-patch+json': {
      const patch = await exchange.object()
      return (live) => mergePatch(live, patch)
    }
    case 'application/strategic-merge-patch+json': {
      if (resource.custom) break
      const patch = await exchange.object()
      return (live) => strategicMergePatch(api.schemas, api.schemas.of(resource), live, patch)
    }
  }
  const accepted = ['application/json-patch+json', 'application/merge-patch+json', applyPatch]
  if (!resource.custom) accepted.splice(2, 0, 'application/strategic-merge-patch+json')
  throw unsupportedMediaType(accepted.join(', '))
}

async function serverSideApply(
  exchange: Exchange,
  api: Api,
  { resource, ...name }: ObjectRoute,
  options: WriteOptions,
): Promise<Answer> {
  if (!exchange.parameter('fieldManager')) {
    const subject = { group: 'meta.k8s.io', plural: 'patchoptions', kind: 'PatchOptions' }
    throw invalid(subject, '', [required('fieldManager', 'is required for apply patch')])
  }
  const config = await exchange.object()
  if (fieldsOf(config.metadata).managedFields) throw badRequest('metadata.managedFields must be nil')
  const written = await api.apply(resource, name, config, { ...options, force: exchange.flag('force') })
  return answer(resource, written.object, written.created ? 201 : 200)
}

async function remove(exchange: Exchange, api: Api, { resource, ...name }: ObjectRoute): Promise<Answer> {
  const { object, gone } = api.delete(resource, name, await deleteOptionsOf(exchange))
  // A pod is answered with itself even when it is gone; everything else that is gone, with a Status.
  if (!gone || resource.key === '/pods') return answer(resource, object)
  const { group, plural } = resource
  const details = { name: name.name, ...(group && { group }), kind: plural, uid: object.metadata.uid }
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

/** The workload's replicas, read and written as a Scale. */
async function onScale(
  exchange: Exchange,
  api: Api,
  { resource, ...name }: ObjectRoute,
  options: WriteOptions,
): Promise<Answer> {
  const { validation: _, ...rest } = options
  const through: WriteOptions = { ...rest, subresource: 'scale' }
  const change = (next: (scale: Fields) => Fields) =>
    api.patch(resource, name, (live) => scaled(live, next(scaleOf(live))), through)
  switch (exchange.method) {
    case 'GET':
      return { code: 200, body: scaleOf(api.get(resource, name)) }
    case 'PUT': {
      const scale = await exchange.object()
      return { code: 200, body: scaleOf(await change(() => scale)) }
    }
    case 'PATCH': {
      const patch = await patchOf(exchange, api, resource)
      return { code: 200, body: scaleOf(await change(patch)) }
    }
    default:
      throw methodNotAllowed()
  }
}

export async function onObject(
  exchange: Exchange,
  api: Api,
  route: ObjectRoute,
  validates: boolean,
): Promise<Answer | 'streaming'> {
  const { resource, subresource, ...name } = route
  if (subresource !== undefined && !(resource.subresources as readonly string[]).includes(subresource)) {
    throw resourceNotFound()
  }
  const base = exchange.method === 'GET' ? { manager: '' } : exchange.writeOptions(validates)
  if (subresource === 'scale') return onScale(exchange, api, route, base)
  const options: WriteOptions = { ...base, ...(subresource === 'status' && { subresource }) }
  switch (exchange.method) {
    case 'GET':
      if (!exchange.flag('watch')) return answer(resource, api.get(resource, name))
      watch(exchange, api, resource, name)
      return 'streaming'
    case 'PUT':
      return answer(resource, await api.update(resource, name, await exchange.object(), options))
    case 'PATCH': {
      if (exchange.mediaType === applyPatch) return serverSideApply(exchange, api, route, options)
      const patch = await patchOf(exchange, api, resource)
      return answer(resource, await api.patch(resource, name, patch, options))
    }
    case 'DELETE':
      if (subresource) throw methodNotAllowed()
      return remove(exchange, api, route)
    default:
      throw methodNotAllowed()
  }
}
