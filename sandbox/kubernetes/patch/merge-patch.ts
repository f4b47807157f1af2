import { isFields, type Fields } from '../object.ts'

/** RFC 7396: null removes, objects merge, everything else replaces. */
export function mergePatch(object: unknown, patch: Fields): Fields {
  const merged: Fields = isFields(object) ? { ...object } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, name)
    else merged[name] = isFields(value) ? mergePatch(merged[name], value) : value
  }
  return merged
}
