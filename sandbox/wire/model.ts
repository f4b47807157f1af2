import { NormalizedSchema } from '@smithy/core/schema'
import type { Operations } from '../cloud/operation.ts'
import { parseUri, type UriTemplate } from './uri.ts'

/** An AWS SDK client and the module it comes from, whose exports hold the schema of every operation and error. */
export interface Sdk {
  readonly client: { readonly config: object }
  readonly shapes: object
}

/** One AWS service as the sandbox serves it. */
export interface Service {
  /** The service's part of a SigV4 credential scope. */
  readonly signingName: string
  /** Tells services with one signing name apart: this one has the paths that begin so. */
  readonly pathPrefix?: string
  /** Not bound to a region: it accepts the credential scope of any. */
  readonly global: boolean
  /** Loaded at the first call: the EC2 client takes 0.4 s and 56 MB. */
  readonly load: () => Promise<Sdk>
  readonly operations: Operations
}

export interface OperationModel {
  readonly name: string
  readonly input: NormalizedSchema
  readonly output: NormalizedSchema
  /** Of the REST protocols. */
  readonly http: HttpBinding | undefined
}

interface HttpBinding {
  readonly method: string
  readonly uri: UriTemplate
  /** Of an answer without error. */
  readonly status: number
}

interface ErrorModel {
  readonly status: number
  readonly schema: NormalizedSchema
}

/** What the wire knows of a service, all of it from the SDK's runtime schemas. */
export interface ServiceModel {
  /** For instance `aws.protocols#awsQuery`. */
  readonly protocol: string
  readonly version: string
  readonly target: string
  readonly xmlNamespace: string
  /** It is still asked in awsQuery, too, and its errors still have the codes of old. */
  readonly queryCompatible: boolean
  readonly operations: ReadonlyMap<string, OperationModel>
  /** By the code that goes over the wire. EC2 models no errors at all. */
  readonly errors: ReadonlyMap<string, ErrorModel>
}

interface ClientConfig {
  protocol: { getShapeId(): string }
  protocolSettings: { version?: string; serviceTarget?: string; xmlNamespace?: string; awsQueryCompatible?: boolean }
}

interface ErrorTraits {
  readonly awsQueryError?: readonly [code: string, status: number]
  readonly httpError?: number
}

/** 0 stands for none. */
type OperationTraits = 0 | { readonly http?: readonly [method: string, uri: string, status: number] }

// The first element of a static schema says what it describes.
const operationTag = 9
const errorTag = -3

/** Of the SDK's own base class for a service's errors, which is no error of the service. */
const syntheticNamespace = 'smithy.ts.sdk.synthetic.'

export function modelOf(sdk: Sdk): ServiceModel {
  const { protocol, protocolSettings } = sdk.client.config as ClientConfig
  const operations = new Map<string, OperationModel>()
  const errors = new Map<string, ErrorModel>()
  for (const shape of Object.values(sdk.shapes)) {
    if (!Array.isArray(shape)) continue
    if (shape[0] === operationTag) {
      const name = String(shape[2])
      const http = httpBinding(shape[3] as OperationTraits)
      operations.set(name, { name, input: schemaOf(shape[4]), output: schemaOf(shape[5]), http })
    } else if (shape[0] === errorTag && !String(shape[1]).startsWith(syntheticNamespace)) {
      const schema = schemaOf(shape)
      const { awsQueryError, httpError } = schema.getMergedTraits() as ErrorTraits
      const [code, status] = awsQueryError ?? [String(shape[2]), httpError ?? 400]
      errors.set(code, { status, schema })
    }
  }
  return {
    protocol: protocol.getShapeId(),
    version: protocolSettings.version ?? '',
    target: protocolSettings.serviceTarget ?? '',
    xmlNamespace: protocolSettings.xmlNamespace ?? '',
    queryCompatible: protocolSettings.awsQueryCompatible ?? false,
    operations,
    errors,
  }
}

function httpBinding(traits: OperationTraits): HttpBinding | undefined {
  if (!traits || !traits.http) return undefined
  const [method, uri, status] = traits.http
  return { method, uri: parseUri(uri), status }
}

const schemaOf = (shape: unknown): NormalizedSchema =>
  NormalizedSchema.of(shape as Parameters<typeof NormalizedSchema.of>[0])

/** How many members of a structure are required; they come first. No accessor of `NormalizedSchema` tells it. */
export function requiredCount(schema: NormalizedSchema): number {
  const shape = schema.getSchema()
  const count: unknown = Array.isArray(shape) ? shape[6] : 0
  return typeof count === 'number' ? count : 0
}
