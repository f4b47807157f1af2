import {
  DeleteIntegrationCommand,
  GetIntegrationCommand,
  PutIntegrationCommand,
  UpdateIntegrationCommand,
  type Integration,
  type PatchOperation,
  type PutIntegrationCommandInput,
} from '@aws-sdk/client-api-gateway'
import type { apigateway } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { mapPatches, replacing } from '../patches.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, map, number, regional, replaces, required, text, texts } from '../schema.ts'

type State = Omit<Unwrap<apigateway.IntegrationState>, 'restApi'> & { restApi?: string }

/** Its id is `agi-REST-API-ID-RESOURCE-ID-METHOD`; imported as `REST-API-ID/RESOURCE-ID/HTTP-METHOD`. */
export const apigatewayIntegration = resourceType<State>({
  token: 'aws:apigateway/integration:Integration',
  label: 'API Gateway Integration',
  schema: {
    ...regional,
    cacheKeyParameters: { ...texts, unsupported: true },
    cacheNamespace: { ...text, ...computed },
    connectionId: text,
    connectionType: { ...text, default: 'INTERNET' },
    contentHandling: text,
    credentials: { ...text, ...replaces },
    httpMethod: { ...text, ...required, ...replaces },
    integrationHttpMethod: { ...text, ...replaces },
    integrationTarget: text,
    passthroughBehavior: { ...text, ...computed, ...replaces },
    requestParameters: map,
    requestTemplates: map,
    resourceId: { ...text, ...required, ...replaces },
    responseTransferMode: { ...text, ...computed },
    restApi: { ...text, ...required, ...replaces },
    timeoutMilliseconds: { ...number, default: 29_000, range: [50, 300_000] },
    tlsConfig: { type: 'object', fields: { insecureSkipVerification: flag } },
    type: { ...text, ...required, ...replaces },
    uri: text,
  },

  async create(aws, planned) {
    await aws.apigateway(new PutIntegrationCommand(toInput(planned)))
    const { restApi, resourceId, httpMethod } = planned
    return `agi-${restApi}-${resourceId}-${httpMethod}`
  },

  imported(given) {
    const [restApi, resourceId, httpMethod] = importParts(given, 'REST-API-ID/RESOURCE-ID/HTTP-METHOD')
    return { id: `agi-${restApi}-${resourceId}-${httpMethod}`, known: { restApi, resourceId, httpMethod } }
  },

  async read(aws, _id, prior) {
    const found = await current(aws, prior)
    return found && { ...keyOf(prior), ...fromIntegration(found) }
  },

  async update(aws, _id, planned, changed) {
    const before = await current(aws, planned)
    const patchOperations: PatchOperation[] = [
      ...Object.entries(paths).flatMap(([name, path]) =>
        changed.has(name as keyof State) ? [replacing(path, planned[name as keyof typeof paths])] : [],
      ),
      ...(changed.has('tlsConfig')
        ? [replacing('/tlsConfig/insecureSkipVerification', planned.tlsConfig?.insecureSkipVerification ?? false)]
        : []),
      ...mapPatches('/requestParameters', before?.requestParameters, planned.requestParameters),
      ...mapPatches('/requestTemplates', before?.requestTemplates, planned.requestTemplates),
    ]
    if (patchOperations.length === 0) return
    await aws.apigateway(new UpdateIntegrationCommand({ ...requestOf(planned), patchOperations }))
  },

  async delete(aws, _id, prior) {
    await unlessMissing(aws.apigateway(new DeleteIntegrationCommand(requestOf(prior))), 'NotFound')
  },
})

/** Properties that a patch replaces as they are. */
const paths = {
  cacheNamespace: '/cacheNamespace',
  connectionId: '/connectionId',
  connectionType: '/connectionType',
  contentHandling: '/contentHandling',
  integrationTarget: '/integrationTarget',
  responseTransferMode: '/responseTransferMode',
  timeoutMilliseconds: '/timeoutInMillis',
  uri: '/uri',
} as const

const keyOf = ({ restApi, resourceId, httpMethod }: State) => ({ restApi, resourceId, httpMethod })

const requestOf = ({ restApi, resourceId, httpMethod }: State) => ({ restApiId: restApi, resourceId, httpMethod })

const current = (aws: Aws, state: State): Promise<Integration | undefined> =>
  unlessMissing(aws.apigateway(new GetIntegrationCommand(requestOf(state))), 'NotFound')

function toInput(planned: State): PutIntegrationCommandInput {
  const { restApi: _api, timeoutMilliseconds, region: _region, cacheKeyParameters: _keys, ...rest } = planned
  return { ...rest, ...requestOf(planned), timeoutInMillis: timeoutMilliseconds } as PutIntegrationCommandInput
}

function fromIntegration(found: Integration): State {
  const { httpMethod, timeoutInMillis, cacheKeyParameters, integrationResponses: _responses, ...rest } = found
  return {
    ...rest,
    ...(httpMethod && { integrationHttpMethod: httpMethod }),
    ...(cacheKeyParameters?.length && { cacheKeyParameters }),
    timeoutMilliseconds: timeoutInMillis,
  }
}
