import { applyConfiguration, trackUpdate, type Writer } from '../apply/managed-fields.ts'
import {
  at,
  equal,
  fieldsOf,
  nameOf,
  type Draft,
  type Fields,
  type KubernetesObject,
  type ObjectName,
} from '../object.ts'
import type { Resource, Subresource } from '../resource.ts'
import { apiVersionOf, type Resources } from '../resources.ts'
import type { Schemas } from '../schema/schema.ts'
import { validate, withDefaults } from '../schema/validate.ts'
import {
  alreadyExists,
  failedPrecondition,
  forbidden,
  invalid,
  modified,
  notFound,
  otherUid,
  StatusError,
  withoutRevision,
} from '../status-error.ts'
import type { Store } from '../store/store.ts'
import { Admission } from './admission.ts'
import { setDefaults } from './defaults.ts'
import { immortalNamespaces, mayGo, waiting, type DeleteOptions } from './deletion.ts'
import {
  decodeDraft,
  draftOf,
  keptMetadata,
  newMetadata,
  throughDoor,
  unchecked,
  type FieldValidation,
} from './draft.ts'
import { prepare } from './prepare.ts'
import { errorsOf } from './validation.ts'

export interface WriteOptions {
  /** The field manager: who is written down as the owner of what changes. */
  manager: string
  dryRun?: boolean
  subresource?: Subresource
  validation?: FieldValidation
}

export interface Written {
  object: KubernetesObject
  created: boolean
}

/** How often a patch is tried again when another write came first. */
const attempts = 5

/**
 * The API server's semantics without HTTP: what a create, an update, a patch, an apply or a delete does to the store.
 * The HTTP handlers and the controllers write through this and nothing else. Every refusal is a StatusError.
 */
export class Api {
  readonly store: Store
  readonly resources: Resources
  readonly schemas: Schemas
  readonly admission = new Admission()

  constructor(store: Store, resources: Resources, schemas: Schemas) {
    this.store = store
    this.resources = resources
    this.schemas = schemas
  }

  get(resource: Resource, name: ObjectName): KubernetesObject {
    const object = this.store.get(resource.key, name)
    if (!object) throw notFound(resource, name.name)
    return object
  }

  async create(
    resource: Resource,
    body: unknown,
    target: Partial<ObjectName>,
    options: WriteOptions,
  ): Promise<KubernetesObject> {
    const given = draftOf(resource, body, target)
    const draft = decodeDraft(this.schemas, resource, given, options.validation ?? unchecked)
    if (draft.metadata.resourceVersion) {
      throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created')
    }
    const object = await this.#attempt(
      this.#stored(resource),
      undefined,
      this.#asStored(resource, draft),
      options,
      false,
    )
    if (!object) throw alreadyExists(resource, draft.metadata.name ?? '')
    return object
  }

  /** PUT. Without a resourceVersion in the body, the last writer wins. */
  async update(resource: Resource, name: ObjectName, body: unknown, options: WriteOptions): Promise<KubernetesObject> {
    const draft = draftOf(resource, body, name)
    const wanted = draft.metadata.resourceVersion
    if (!wanted && resource.custom) {
      throw withoutRevision(resource, name.name)
    }
    return this.#change(resource, name, () => draft, options)
  }

  /** PATCH, where `patch` computes the new object from the live one. */
  async patch(
    resource: Resource,
    name: ObjectName,
    patch: (live: KubernetesObject) => Fields,
    options: WriteOptions,
  ): Promise<KubernetesObject> {
    return this.#change(resource, name, (live) => draftOf(resource, patch(live), name), options)
  }

  /** Server-side apply; makes the object when it is not there. */
  async apply(
    given: Resource,
    name: ObjectName,
    body: unknown,
    options: WriteOptions & { force: boolean },
  ): Promise<Written> {
    const config = this.#asStored(given, draftOf(given, body, name))
    const resource = this.#stored(given)
    const writer = this.#writer(resource, options)
    const typed = this.#typed(resource)
    for (let attempt = 1; ; attempt++) {
      const live = this.store.get(resource.key, name)
      if (!live && options.subresource) throw notFound(resource, name.name)
      const applied = applyConfiguration(typed, live, config, writer, {
        force: options.force,
        namespace: at(body, 'metadata', 'namespace'),
      })
      const draft = decodeDraft(this.schemas, resource, applied, unchecked)
      const object = await this.#attempt(resource, live, draft, options, true)
      if (object) return { object, created: !live }
      if (attempt === attempts) throw modified(resource, name.name)
    }
  }

  /** Removes the object, or marks it to go once nothing holds it. `gone` says which. */
  delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteOptions = {},
  ): { object: KubernetesObject; gone: boolean } {
    const live = this.get(resource, name)
    const { uid, resourceVersion } = live.metadata
    const { preconditions: wanted = {} } = options
    if (wanted.uid !== undefined && wanted.uid !== uid) {
      throw failedPrecondition(resource, name.name, 'UID', wanted.uid, uid)
    }
    if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
      throw failedPrecondition(resource, name.name, 'ResourceVersion', wanted.resourceVersion, resourceVersion)
    }
    if (resource.key === '/namespaces' && immortalNamespaces.includes(name.name)) {
      throw forbidden(resource, name.name, 'this namespace may not be deleted')
    }
    const next = waiting(resource, live, options)
    if (options.dryRun) return { object: next ?? live, gone: !next }
    if (!next) return { object: this.store.remove(resource.key, name) ?? live, gone: true }
    return { object: equal(next, live) ? live : this.store.put(resource.key, next), gone: false }
  }

  /** The namespace controller's last word: nothing is left in the namespace, so it may go. */
  finalizeNamespace(name: string): void {
    const live = this.store.get('/namespaces', { name })
    if (!live) return
    const emptied = { ...live, spec: { ...fieldsOf(live.spec), finalizers: [] } }
    if (mayGo(emptied)) this.store.remove('/namespaces', { name })
    else this.store.put('/namespaces', emptied)
  }

  async #change(
    resource: Resource,
    name: ObjectName,
    next: (live: KubernetesObject) => Draft,
    options: WriteOptions,
  ): Promise<KubernetesObject> {
    for (let attempt = 1; ; attempt++) {
      const live = this.get(resource, name)
      const given = next(inVersion(resource, live))
      const { resourceVersion, uid } = given.metadata
      if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw modified(resource, name.name)
      if (uid && uid !== live.metadata.uid) {
        throw otherUid(resource, nameOf(live.metadata), name.name, uid, live.metadata.uid)
      }
      const draft = decodeDraft(this.schemas, resource, given, options.validation ?? unchecked)
      const object = await this.#attempt(this.#stored(resource), live, this.#asStored(resource, draft), options, false)
      if (object) return object
      if (attempt === attempts) throw modified(resource, name.name)
    }
  }

  /** The way of every write: door, defaults, admission, managed fields, checks, store. Undefined when another write came first. */
  async #attempt(
    resource: Resource,
    live: KubernetesObject | undefined,
    draft: Draft,
    options: WriteOptions,
    applied: boolean,
  ): Promise<KubernetesObject | undefined> {
    if (!live) this.#checkNamespace(resource, draft)
    const metadata = live ? keptMetadata(live, draft) : newMetadata(resource, draft)
    const through = throughDoor(resource, live, { ...draft, metadata }, options.subresource)
    const filled = this.#fill(resource, structuredClone(through))
    const managedFields = applied
      ? draft.metadata.managedFields
      : trackUpdate(this.#typed(resource), live, filled, this.#writer(resource, options))
    const { managedFields: _, ...ownMetadata } = filled.metadata
    const noted: Draft = { ...filled, metadata: { ...ownMetadata, ...(managedFields?.length && { managedFields }) } }
    prepare(noted, live, { resource, store: this.store })
    const request = { operation: live ? 'UPDATE' : 'CREATE', before: live } as const
    const final = options.subresource ? noted : await this.admission.mutate(resource.key, { ...request, object: noted })
    this.#check(resource, final, live)
    if (!options.subresource) await this.admission.validate(resource.key, { ...request, object: final })
    if (this.store.get(resource.key, { ...final.metadata, name: final.metadata.name ?? '' }) !== live) return undefined
    return this.#store(resource, final, live, options.dryRun ?? false)
  }

  #fill(resource: Resource, draft: Draft): Draft {
    if (resource.custom) return withDefaults(this.schemas, this.schemas.of(resource), draft) as Draft
    setDefaults(resource.key, draft)
    return draft
  }

  #check(resource: Resource, draft: Draft, live: KubernetesObject | undefined): void {
    const name = draft.metadata.name ?? ''
    const errors = errorsOf(resource, draft, live)
    if (resource.custom) errors.push(...validate(this.schemas, this.schemas.of(resource), draft))
    if (errors.length > 0) throw invalid(resource, name, errors)
    if (!live && this.store.get(resource.key, { ...draft.metadata, name })) throw alreadyExists(resource, name)
  }

  #store(resource: Resource, draft: Draft, live: KubernetesObject | undefined, dryRun: boolean): KubernetesObject {
    const object = draft as unknown as KubernetesObject
    if (!live) return dryRun ? object : this.store.put(resource.key, object)
    const { metadata } = object
    const next: KubernetesObject = {
      ...object,
      metadata: {
        ...metadata,
        resourceVersion: live.metadata.resourceVersion,
        ...nextGeneration(resource, object, live),
      },
    }
    if (equal(withoutTimes(next), withoutTimes(live))) return live
    if (dryRun) return next
    const ends = metadata.deletionTimestamp && !metadata.deletionGracePeriodSeconds && mayGo(next)
    if (!ends) return this.store.put(resource.key, next)
    this.store.remove(resource.key, metadata)
    return next
  }

  #checkNamespace(resource: Resource, { metadata: { name = '', namespace } }: Draft): void {
    if (!resource.namespaced || namespace === undefined) return
    const found = this.get(this.resources.builtIn('namespaces'), { name: namespace })
    if (!found.metadata.deletionTimestamp) return
    const message = `namespace ${namespace} is being terminated`
    throw forbidden(
      resource,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
    )
  }

  /** The resource whose checks and managers count for what is written through this one. */
  #stored(resource: Resource): Resource {
    return resource.conversion ? (this.resources.stored(resource.key) ?? resource) : resource
  }

  #asStored(resource: Resource, draft: Draft): Draft {
    if (!resource.conversion) return draft
    return { ...resource.conversion.toStored(draft), apiVersion: apiVersionOf(this.#stored(resource)) }
  }

  #typed(resource: Resource) {
    const statusApart = resource.subresources.includes('status')
    return {
      schemas: this.schemas,
      schema: this.schemas.of(resource),
      statusApart,
      custom: resource.custom !== undefined,
    }
  }

  #writer(resource: Resource, { manager, subresource }: WriteOptions): Writer {
    return { manager, apiVersion: apiVersionOf(resource), ...(subresource && { subresource }) }
  }
}

/** An object in the version of a resource; versions differ in nothing else, unless the resource has a conversion. */
export function inVersion(resource: Resource, object: KubernetesObject): KubernetesObject {
  const apiVersion = apiVersionOf(resource)
  if (object.apiVersion === apiVersion) return object
  return { ...(resource.conversion?.fromStored(object) ?? object), apiVersion }
}

/** A change of what is wanted counts; one of metadata or status does not. */
function nextGeneration(resource: Resource, next: KubernetesObject, live: KubernetesObject): { generation?: number } {
  if (!resource.generation) return {}
  const wanted = ({ metadata: _m, status: _s, ...rest }: KubernetesObject): Fields => rest
  const changed = !equal(wanted(next), wanted(live))
  return { generation: (live.metadata.generation ?? 1) + (changed ? 1 : 0) }
}

/** Two writes that differ only in when a manager wrote are the same. */
function withoutTimes(object: KubernetesObject): Fields {
  const managedFields = object.metadata.managedFields?.map(({ time: _, ...entry }) => entry)
  return { ...object, metadata: { ...object.metadata, managedFields } }
}
