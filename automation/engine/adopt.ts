import type { Adoption } from './engine.ts'

/** A stack's checkpoint as `pulumi stack export` prints it, as far as it matters here. Secrets stay encrypted. */
export interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly CheckpointResource[]
    readonly pending_operations?: readonly { readonly type: string; readonly resource: CheckpointResource }[]
  }
}

interface CheckpointResource {
  readonly urn: string
  readonly inputs?: object
  readonly [key: string]: unknown
}

/**
 * The checkpoint with pending creates as resources where their objects are known to exist, and without all others. What the
 * objects are like is read by the refresh that has to follow. (`pulumi refresh --import-pending-creates` of CLI 3.259 forgets them.)
 * Pure.
 */
export function adopt<C extends Checkpoint>(checkpoint: C, adoptions: readonly Adoption[]): C {
  const { resources = [], pending_operations: pending = [], ...rest } = checkpoint.deployment
  const adopted = pending.flatMap(({ type, resource }) => {
    const id = adoptions.find(({ urn }) => urn === resource.urn)?.id
    // behind everything that it depends on, because that was there before it was asked for
    return type === 'creating' && id !== undefined ? [{ ...resource, id, outputs: { ...resource.inputs } }] : []
  })
  return { ...checkpoint, deployment: { ...rest, resources: [...resources, ...adopted] } }
}
