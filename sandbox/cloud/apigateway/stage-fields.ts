import { boolean, number, type Fields } from './patch.ts'

const text = { ops: ['replace'] } as const
const flag = { ops: ['replace'], read: boolean } as const
const amount = { ops: ['replace'], read: number } as const

/** The settings of a stage's methods by the end of their path in a patch, and how a stage calls them. */
const methodSettings = {
  'metrics/enabled': ['metricsEnabled', flag],
  'logging/loglevel': ['loggingLevel', text],
  'logging/dataTrace': ['dataTraceEnabled', flag],
  'throttling/burstLimit': ['throttlingBurstLimit', amount],
  'throttling/rateLimit': ['throttlingRateLimit', amount],
  'caching/enabled': ['cachingEnabled', flag],
  'caching/ttlInSeconds': ['cacheTtlInSeconds', amount],
  'caching/dataEncrypted': ['cacheDataEncrypted', flag],
  'caching/requireAuthorizationForCacheControl': ['requireAuthorizationForCacheControl', flag],
  'caching/unauthorizedCacheControlHeaderStrategy': ['unauthorizedCacheControlHeaderStrategy', text],
} as const

/** `/~1shop/GET/metrics/enabled` is a setting of the method `shop/GET`; `/*`+`/*` before it is every method. */
export function settingPath(path: string): string {
  const [, resource = '', verb = '', ...end] = path.split('/')
  const setting = Object.entries(methodSettings).find(([suffix]) => suffix === end.join('/'))?.[1]
  return setting ? `/methodSettings/${resource.replace(/^~1/, '')}~1${verb}/${setting[0]}` : path
}

/** What UpdateStage may do (API Gateway reference, "Patch operations", UpdateStage). */
export const stageFields: Fields = {
  '/deploymentId': { ops: ['replace', 'copy'] },
  '/description': text,
  '/clientCertificateId': text,
  '/documentationVersion': text,
  '/cacheClusterEnabled': flag,
  '/cacheClusterSize': text,
  '/tracingEnabled': flag,
  '/variables': { ops: ['copy'] },
  '/variables/*': { ops: ['replace', 'remove', 'copy'] },
  '/canarySettings': { ops: ['remove'] },
  '/canarySettings/deploymentId': text,
  '/canarySettings/percentTraffic': amount,
  '/canarySettings/useStageCache': flag,
  '/canarySettings/stageVariableOverrides': { ops: ['remove'] },
  '/canarySettings/stageVariableOverrides/*': { ops: ['replace', 'remove'] },
  '/accessLogSettings': { ops: ['remove'] },
  '/accessLogSettings/destinationArn': text,
  '/accessLogSettings/format': text,
  ...Object.fromEntries(Object.values(methodSettings).map(([name, field]) => [`/methodSettings/*/${name}`, field])),
}
