import { randomUUID } from 'node:crypto'
import { fieldsOf, isFields, timestamp, type Draft, type Fields, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import { apiVersionOf } from '../resources.ts'
import { decode } from '../schema/decode.ts'
import type { Schemas } from '../schema/schema.ts'
import { badRequest } from '../status-error.ts'

/** What happens to members that the resource's schema does not know. */
export interface FieldValidation {
  directive: 'Strict' | 'Warn' | 'Ignore'
  warn(message: string): void
}

export const unchecked: FieldValidation = { directive: 'Ignore', warn: () => {} }

/** A client's object, checked to be of this resource and nothing else. */
export function draftOf(
  resource: Resource,
  body: unknown,
  target: { namespace?: string | undefined; name?: string | undefined },
): Draft {
  if (!isFields(body)) throw badRequest('the object provided is not a JSON object')
  if (resource.custom && !body.kind) {
    const missing = `Object 'Kind' is missing in '${JSON.stringify(body)}'`
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${missing}`,
    )
  }
  const apiVersion = apiVersionOf(resource)
  const { apiVersion: givenVersion = apiVersion, kind: givenKind = resource.kind } = body
  if (givenVersion !== apiVersion || givenKind !== resource.kind) {
    const [given, wanted] = [
      `${String(givenVersion)}, Kind=${String(givenKind)}`,
      `${apiVersion}, Kind=${resource.kind}`,
    ]
    throw badRequest(`the API version in the data (${given}) does not match the expected API version (${wanted})`)
  }
  const metadata = fieldsOf(body.metadata)
  const { namespace = target.namespace, name = target.name } = metadata
  if (resource.namespaced && namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (target.name !== undefined && name !== target.name) {
    throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${target.name})`)
  }
  const { namespace: _, ...rest } = metadata
  return {
    ...body,
    apiVersion,
    kind: resource.kind,
    metadata: {
      ...rest,
      ...(resource.namespaced && { namespace }),
      ...(name !== undefined && { name }),
    } as Draft['metadata'],
  }
}

/** Keeps what the resource's schema knows and says what it left out, as strictly as the client asked. */
export function decodeDraft(schemas: Schemas, resource: Resource, draft: Draft, validation: FieldValidation): Draft {
  const { value, unknown, mistyped } = decode(schemas, schemas.of(resource), draft, !resource.custom)
  const [first] = mistyped
  // A custom resource's values are checked against its own schema, later and in other words.
  if (first && !resource.custom) {
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${first}`,
    )
  }
  const complaints = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (complaints.length > 0 && validation.directive === 'Strict') {
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${complaints.join(', ')}`,
    )
  }
  if (validation.directive === 'Warn') complaints.forEach((complaint) => validation.warn(complaint))
  return { ...value, metadata: fieldsOf(value.metadata) } as unknown as Draft
}

const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Five letters without vowels or look-alikes, as the API server ends generated names. */
function nameSuffix(): string {
  const digits = BigInt(`0x${randomUUID().replaceAll('-', '')}`)
  const base = BigInt(nameAlphabet.length)
  return Array.from({ length: 5 }, (_, index) => nameAlphabet[Number((digits / base ** BigInt(index)) % base)]).join('')
}

/** The metadata of a new object: what the API server decides itself, whatever the client sent. */
export function newMetadata(resource: Resource, { metadata }: Draft): Draft['metadata'] {
  const {
    deletionTimestamp: _,
    deletionGracePeriodSeconds: _grace,
    resourceVersion: _version,
    generation: _generation,
    ...kept
  } = metadata
  const { generateName } = metadata
  return {
    ...kept,
    ...(!kept.name && generateName && { name: generateName + nameSuffix() }),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(resource.generation && { generation: 1 }),
  }
}

/** The metadata of a changed object: identity and life cycle stay as they were. */
export function keptMetadata({ metadata: live }: KubernetesObject, { metadata }: Draft): Draft['metadata'] {
  const { deletionTimestamp: _, deletionGracePeriodSeconds: _grace, generation: _generation, ...kept } = metadata
  return {
    ...kept,
    name: live.name,
    ...(live.namespace !== undefined && { namespace: live.namespace }),
    uid: live.uid,
    creationTimestamp: live.creationTimestamp,
    ...(live.generation !== undefined && { generation: live.generation }),
    ...(live.deletionTimestamp && { deletionTimestamp: live.deletionTimestamp }),
    ...(live.deletionGracePeriodSeconds !== undefined && {
      deletionGracePeriodSeconds: live.deletionGracePeriodSeconds,
    }),
  }
}

/** What a write through one door may change: the resource's own fields, or its status. */
export function throughDoor(
  resource: Resource,
  live: KubernetesObject | undefined,
  draft: Draft,
  subresource: string | undefined,
): Draft {
  const apart = resource.subresources.includes('status')
  if (subresource === 'status' && live) {
    const managedFields = draft.metadata.managedFields ?? live.metadata.managedFields
    return {
      ...live,
      ...(draft.status !== undefined && { status: draft.status }),
      metadata: { ...live.metadata, ...(managedFields && { managedFields }) },
    }
  }
  // Nodes are made by their kubelet, status and all.
  if (!apart || (resource.key === '/nodes' && !live)) return draft
  const { status: _, ...own } = draft as Fields
  return { ...own, ...(live?.status !== undefined && { status: live.status }) } as Draft
}
