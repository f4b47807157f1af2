import { isObject, type Properties, type Value } from '../properties.ts'

export interface AwsConfig {
  region: string
  /** URL by service name as the official provider's option `endpoints` spells it; `*` for all others. */
  endpoints: Record<string, string>
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined
  maxAttempts: number
  defaultTags: Record<string, string>
  skipCredentialsValidation: boolean
  skipRequestingAccountId: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads the official provider's options; what they leave out comes from the usual AWS_* variables. */
export function readConfig(options: Properties, environment: Environment): AwsConfig {
  const option = (name: string) => structured(options[name])
  const text = (name: string, ...variables: string[]) => {
    const value = option(name)
    return typeof value === 'string' ? value : variables.map((variable) => environment[variable]).find(Boolean)
  }
  const flag = (name: string, variable = '') =>
    [true, 'true'].includes((option(name) ?? environment[variable]) as string)
  const region = text('region', 'AWS_REGION', 'AWS_DEFAULT_REGION')
  if (region === undefined) throw new Error('Missing region configuration')
  return {
    region,
    endpoints: readEndpoints(option('endpoints'), environment),
    credentials: readCredentials(text),
    // The official provider's own default.
    maxAttempts: Number(option('maxRetries') ?? 25),
    defaultTags: readTags(option('defaultTags')),
    skipCredentialsValidation: flag('skipCredentialsValidation', 'AWS_SKIP_CREDENTIALS_VALIDATION'),
    skipRequestingAccountId: flag('skipRequestingAccountId'),
  }
}

/** The SDK sends everything that is not a string as JSON in a string. */
function structured(value: Value | undefined): Value | undefined {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as Value
  } catch {
    return value
  }
}

function readEndpoints(option: Value | undefined, environment: Environment): Record<string, string> {
  const given = (Array.isArray(option) ? option : []).flatMap((entry) => (isObject(entry) ? Object.entries(entry) : []))
  const everywhere = environment.AWS_ENDPOINT_URL
  return Object.fromEntries([
    ...(everywhere ? [['*', everywhere]] : []),
    ...given.filter(([, url]) => typeof url === 'string' && url !== ''),
  ]) as Record<string, string>
}

function readCredentials(text: (name: string, ...variables: string[]) => string | undefined): AwsConfig['credentials'] {
  const accessKeyId = text('accessKey', 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = text('secretKey', 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = text('token', 'AWS_SESSION_TOKEN')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

function readTags(option: Value | undefined): Record<string, string> {
  const tags = isObject(option) ? structured(option.tags) : undefined
  return isObject(tags) ? (tags as Record<string, string>) : {}
}
