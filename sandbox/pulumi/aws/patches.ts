import type { PatchOperation } from '@aws-sdk/client-api-gateway'

type Texts = Readonly<Record<string, string>>

export const replacing = (path: string, value: string | number | boolean | undefined): PatchOperation => ({
  op: 'replace',
  path,
  value: value === undefined ? '' : String(value),
})

export const removing = (path: string): PatchOperation => ({ op: 'remove', path })

/** From one map of texts to the other, key by key below `path`. */
export function mapPatches(path: string, before: Texts | undefined, after: Texts | undefined): PatchOperation[] {
  const [old, current] = [before ?? {}, after ?? {}]
  const removed = Object.keys(old).filter((key) => !(key in current))
  const changed = Object.entries(current).filter(([key, value]) => old[key] !== value)
  return [
    ...removed.map((key) => removing(`${path}/${escaped(key)}`)),
    ...changed.map(([key, value]) => replacing(`${path}/${escaped(key)}`, value)),
  ]
}

/** A name within a JSON pointer. */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
