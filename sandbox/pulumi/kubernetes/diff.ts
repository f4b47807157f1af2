import { equal, isObject, isPresent, type Value } from '../properties.ts'
import { contains, formatPath, parsePath, type PropertyPath } from '../property-path.ts'
import { replacing, type DiffKind } from '../provider.ts'
import { replacingFields } from './replacing-fields.ts'
import type { KubernetesObject } from './objects.ts'

type Changes = Record<string, DiffKind>

/** What changes between a live object (cut to what the inputs said) and the new inputs, by property path. */
export function diffObjects(
  live: KubernetesObject,
  news: KubernetesObject,
  ignoreChanges: string[],
  mutable: { configMaps: boolean; secrets: boolean },
): Changes {
  const replacing = replacingFields(news, mutable)
  const ignored = ignoreChanges.map(parsePath)
  return changes(live, news, [], (path, kind) =>
    ignored.some((pattern) => contains(pattern, path)) ? undefined : promoted(path, kind, replacing),
  )
}

type Judge = (path: PropertyPath, kind: DiffKind) => DiffKind | undefined

function promoted(path: PropertyPath, kind: DiffKind, patterns: PropertyPath[]): DiffKind {
  return patterns.some((pattern) => contains(pattern, path) || contains(path, pattern)) ? replacing(kind) : kind
}

function changes(before: Value | undefined, after: Value | undefined, path: PropertyPath, judge: Judge): Changes {
  if (equal(before, after)) return {}
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return merge(names.map((name) => changes(before[name], after[name], [...path, name], judge)))
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const indexes = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index)
    return merge(indexes.map((index) => changes(before[index], after[index], [...path, index], judge)))
  }
  const kind = judge(path, wholeChange(before, after))
  return kind ? { [formatPath(path)]: kind } : {}
}

function wholeChange(before: Value | undefined, after: Value | undefined): DiffKind {
  if (!isPresent(before)) return 'add'
  return isPresent(after) ? 'update' : 'delete'
}

function merge(parts: Changes[]): Changes {
  return Object.assign({}, ...parts) as Changes
}
