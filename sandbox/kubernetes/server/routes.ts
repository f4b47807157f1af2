import type { Resource } from '../resource.ts'
import type { Resources } from '../resources.ts'

/** What a path under /api or /apis is about. */
export type Route =
  | { kind: 'groups' }
  | { kind: 'group'; group: string }
  | { kind: 'resources'; group: string; version: string }
  | { kind: 'collection'; resource: Resource; namespace?: string }
  | { kind: 'object'; resource: Resource; namespace?: string; name: string; subresource?: string }

/** The segments after the version: which resource, where, which object, which of its subresources. */
function within(resources: Resources, group: string, version: string, segments: string[]): Route | undefined {
  const [first = '', second, third] = segments
  const inNamespace = first === 'namespaces' && second !== undefined && third !== undefined
  // `namespaces/web/status` is a namespace's own subresource, `namespaces/web/pods` what is in it.
  if (inNamespace && !(group === '' && ['status', 'finalize'].includes(third))) {
    const resource = resources.find(group, version, third)
    return resource?.namespaced ? ofResource(resource, segments.slice(3), second) : undefined
  }
  const resource = resources.find(group, version, first)
  if (!resource) return undefined
  return resource.namespaced && second !== undefined ? undefined : ofResource(resource, segments.slice(1))
}

function ofResource(resource: Resource, rest: string[], namespace?: string): Route | undefined {
  const [name, subresource, ...more] = rest
  const where = { resource, ...(namespace !== undefined && { namespace }) }
  if (name === undefined) return { kind: 'collection', ...where }
  if (more.length > 0) return undefined
  return { kind: 'object', ...where, name, ...(subresource !== undefined && { subresource }) }
}

/** Undefined for a path that this cluster does not serve. */
export function routeOf(resources: Resources, path: string): Route | undefined {
  const [root, ...segments] = path.split('/').filter(Boolean).map(decodeURIComponent)
  if (root === 'api') {
    const [version, ...rest] = segments
    if (version === undefined) return { kind: 'groups' }
    return rest.length === 0 ? { kind: 'resources', group: '', version } : within(resources, '', version, rest)
  }
  if (root !== 'apis') return undefined
  const [group, version, ...rest] = segments
  if (group === undefined) return { kind: 'groups' }
  if (version === undefined) return { kind: 'group', group }
  return rest.length === 0 ? { kind: 'resources', group, version } : within(resources, group, version, rest)
}
