import { createHash } from 'node:crypto'
import { isPresent, UNKNOWN, type Value } from '../properties.ts'
import { isAnnotated, metadataOf, nameOf, withAnnotation, withMetadata, type KubernetesObject } from './objects.ts'

const AUTONAMED = 'pulumi.com/autonamed'

export interface Naming {
  /** The resource's logical name. */
  name: string
  seed: Uint8Array
  proposedName: string | undefined
}

/** A name for an object that has none: the one that was made for it before, or the logical name and eight random digits. */
export function named(news: KubernetesObject, olds: KubernetesObject | undefined, naming: Naming): KubernetesObject {
  const { name, generateName } = metadataOf(news)
  if (isPresent(name)) return news
  if (isPresent(generateName))
    throw new Error('the `.metadata.generateName` field is not supported in Server-Side Apply mode')
  if (!olds) return autonamed(news, madeName(naming))
  return isAnnotated(olds, AUTONAMED) ? autonamed(news, nameOf(olds)) : news
}

function isAutonamed(object: KubernetesObject): boolean {
  return isAnnotated(object, AUTONAMED)
}

function autonamed(object: KubernetesObject, name: string): KubernetesObject {
  return withAnnotation(withMetadata(object, { name }), AUTONAMED, 'true')
}

function madeName({ name, seed, proposedName }: Naming): string {
  return proposedName ?? `${name}-${createHash('sha256').update(seed).update(name).digest('hex').slice(0, 8)}`
}

/** Whether the program itself decides the name, even if it does not know it yet. */
export function hasOwnName(object: KubernetesObject): boolean {
  const name: Value | undefined = metadataOf(object).name
  return (name === UNKNOWN || nameOf(object) !== '') && !isAutonamed(object)
}
