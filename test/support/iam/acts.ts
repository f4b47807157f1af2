import type { LoggedCall } from '../../../sandbox/wire/call-log.ts'

/** What AWS asks its IAM about one call: an action on a resource, and the tags that conditions may name. */
export interface Act {
  readonly action: string
  /** `*`: the action knows no resources. */
  readonly resource: string
  readonly requestTags: Readonly<Record<string, string>>
  readonly resourceTags: Readonly<Record<string, string>>
  /** Other condition keys of the request. */
  readonly context: Readonly<Record<string, readonly string[]>>
}

/** Where the calls went. */
export interface Place {
  readonly region: string
  readonly account: string
}

type Input = Readonly<Record<string, any>>
type Tags = Readonly<Record<string, string>>

interface Asked {
  readonly operation: string
  readonly input: Input
  readonly place: Place
}

/** Action without its service, with what it is about. */
type Wanted = readonly (readonly [action: string, resources: readonly string[]])[]

const everything = ['*']

/** IAM's name of a service, and what of a request it looks at (Service Authorization Reference, one page for each service). */
const services: Readonly<
  Record<string, { readonly prefix: string; readonly wants: (asked: Asked) => Wanted | Promise<Wanted> }>
> = {
  autoscaling: { prefix: 'autoscaling', wants: ofAutoScaling },
  apigateway: { prefix: 'apigateway', wants: (asked) => ofApiGateway(asked, import('@aws-sdk/client-api-gateway')) },
  apigatewayv2: { prefix: 'apigateway', wants: (asked) => ofApiGateway(asked, import('@aws-sdk/client-apigatewayv2')) },
  cloudwatch: { prefix: 'cloudwatch', wants: ({ operation }) => [[operation, everything]] },
  ec2: { prefix: 'ec2', wants: ofEc2 },
  elbv2: { prefix: 'elasticloadbalancing', wants: ofElbv2 },
  route53: { prefix: 'route53', wants: ofRoute53 },
}

/** Calls that AWS lets everybody make who has credentials. */
const free = new Set(['GetCallerIdentity'])

/** Follows calls as they are made, because a condition may ask for the tags that an object was made with. */
export class Acts {
  readonly #place: Place
  readonly #tags = new Map<string, Tags>()

  constructor(place: Place) {
    this.#place = place
  }

  async of({ service, operation, input, made = [] }: LoggedCall): Promise<Act[]> {
    if (free.has(operation)) return []
    const known = services[service]
    if (!known) throw new Error(`nothing is known of what IAM is asked about ${service} ${operation}`)
    const asked = { operation, input: (input ?? {}) as Input, place: this.#place }
    const requestTags = tagsIn(asked.input)
    const [first] = made
    if (first !== undefined) this.#tags.set(first, requestTags)
    const wanted = await known.wants(asked)
    return wanted.flatMap(([action, resources]) =>
      resources.map((resource): Act => {
        const resourceTags = this.#tags.get(resource) ?? {}
        const context = contextOf(asked)
        return { action: `${known.prefix}:${action}`, resource, requestTags, resourceTags, context }
      }),
    )
  }
}

function tagsIn({ Tags, tags, TagSpecifications }: Input): Tags {
  const listed = [...(Tags ?? []), ...(TagSpecifications ?? []).flatMap((one: Input) => one['Tags'] ?? [])] as Input[]
  return { ...(tags ?? {}), ...Object.fromEntries(listed.map(({ Key, Value }) => [Key, Value])) }
}

function contextOf({ operation, input }: Asked): Act['context'] {
  const changes = (input['ChangeBatch']?.Changes ?? []) as Input[]
  const sets = changes.map(({ ResourceRecordSet }) => ResourceRecordSet as Input)
  return {
    ...(changes.length > 0 && {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': sets.map(({ Name }) => normal(Name as string)),
      'route53:ChangeResourceRecordSetsRecordTypes': sets.map(({ Type }) => Type as string),
      'route53:ChangeResourceRecordSetsActions': changes.map(({ Action }) => Action as string),
    }),
    ...(/^(Attach|Detach)LoadBalancerTargetGroups$/.test(operation) && {
      'autoscaling:TargetGroupARNs': input['TargetGroupARNs'] as string[],
    }),
    ...(/^(Attach|Detach)TrafficSources$/.test(operation) && {
      'autoscaling:TrafficSourceIdentifiers': (input['TrafficSources'] as Input[]).map((one) => one['Identifier']),
    }),
    ...(operation.startsWith('Create') && { 'elasticloadbalancing:CreateAction': [operation] }),
  }
}

/** Lower case, no dot at the end, `\052` for `*`. */
const normal = (name: string): string => name.toLowerCase().replace(/\.$/, '').replace(/^\*/, '\\052')

/** Which of the ARNs that a call names it is about: the first of these. */
const ofElbv2Arns = ['RuleArn', 'ListenerArn', 'LoadBalancerArn', 'TargetGroupArn']

function ofElbv2({ operation, input, place: { region, account } }: Asked): Wanted {
  if (operation.startsWith('Describe')) return [[operation, everything]]
  const base = `arn:aws:elasticloadbalancing:${region}:${account}:`
  if (/Tags$/.test(operation)) return [[operation, input['ResourceArns'] as string[]]]
  if (operation === 'SetRulePriorities') {
    return [[operation, (input['RulePriorities'] as Input[]).map(({ RuleArn }) => RuleArn as string)]]
  }
  const arn = ofElbv2Arns.map((name) => input[name] as string | undefined).find((one) => one !== undefined)
  const target = operation === 'CreateTargetGroup' ? `${base}targetgroup/${input['Name']}/0123456789abcdef` : arn
  if (target === undefined) throw new Error(`elbv2 ${operation} names nothing: ${JSON.stringify(input)}`)
  const made = madeBy[operation]?.(target)
  return [[operation, [target]], ...(made && input['Tags'] ? [['AddTags', [made]] as const] : [])]
}

/** What an operation makes is tagged in the same call, for which AWS asks for a right of its own. */
const madeBy: Readonly<Record<string, (arn: string) => string>> = {
  CreateTargetGroup: (arn) => arn,
  CreateListener: (arn) => `${arn.replace(':loadbalancer/', ':listener/')}/0123456789abcdef`,
  CreateRule: (arn) => `${arn.replace(':listener/', ':listener-rule/')}/0123456789abcdef`,
}

function ofEc2({ operation, input, place: { region, account } }: Asked): Wanted {
  if (operation.startsWith('Describe')) return [[operation, everything]]
  const base = `arn:aws:ec2:${region}:${account}:`
  const group = input['GroupId'] as string | undefined
  const rules = [
    ...((input['SecurityGroupRuleIds'] ?? []) as string[]),
    ...((input['SecurityGroupRules'] ?? []) as Input[]).map((one) => one['SecurityGroupRuleId'] as string),
  ]
  if (operation === 'CreateTags' || operation === 'DeleteTags') {
    const ids = (input['Resources'] ?? []) as string[]
    return [[operation, ids.map((id) => `${base}${id.startsWith('sgr-') ? 'security-group-rule' : 'unknown'}/${id}`)]]
  }
  if (group === undefined) throw new Error(`ec2 ${operation} names no group: ${JSON.stringify(input)}`)
  const added = input['TagSpecifications'] ? [['CreateTags', [`${base}security-group-rule/sgr-0`]] as const] : []
  const fresh = operation.startsWith('Authorize') ? [`${base}security-group-rule/sgr-0`] : []
  const ruleArns = rules.map((id) => `${base}security-group-rule/${id}`)
  return [[operation, [`${base}security-group/${group}`, ...ruleArns, ...fresh]], ...added]
}

function ofAutoScaling({ operation, input, place: { region, account } }: Asked): Wanted {
  if (operation.startsWith('Describe')) return [[operation, everything]]
  const name = input['AutoScalingGroupName'] as string
  const id = '11111111-2222-3333-4444-555555555555'
  return [[operation, [`arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${id}:autoScalingGroupName/${name}`]]]
}

function ofRoute53({ operation, input }: Asked): Wanted {
  if (operation === 'GetChange') return [[operation, [`arn:aws:route53:::change/${bare(input['Id'])}`]]]
  const zone = (input['HostedZoneId'] ?? input['Id']) as string
  return [[operation, [`arn:aws:route53:::hostedzone/${bare(zone)}`]]]
}

const bare = (id: unknown): string => String(id).replace(/^\/[a-z]+\//, '')

/** The method of the request, on its path without the version of the API. */
async function ofApiGateway({ operation, input, place }: Asked, sdk: Promise<object>): Promise<Wanted> {
  const [method, uri] = httpOf(operation, await sdk)
  const path = uri.replace(/\?.*$/, '').replace(/\{(\w+)\+?\}/g, (_all, label: string) => String(input[label]))
  return [[method, [`arn:aws:apigateway:${place.region}::${path.replace(/^\/v2/, '')}`]]]
}

type Http = readonly [method: string, uri: string]

const bindings = new WeakMap<object, ReadonlyMap<string, Http>>()

/** As the SDK's own schema of an operation says: `[9, namespace, name, { http: [method, uri, status] }, …]`. */
function httpOf(operation: string, sdk: object): Http {
  const known = bindings.get(sdk) ?? bindingsOf(sdk)
  bindings.set(sdk, known)
  const http = known.get(operation)
  if (!http) throw new Error(`API Gateway has no operation ${operation}`)
  return http
}

const bindingsOf = (sdk: object): ReadonlyMap<string, Http> =>
  new Map(
    Object.values(sdk)
      .filter((shape): shape is unknown[] => Array.isArray(shape) && shape[0] === 9)
      .map((shape) => [String(shape[2]), (shape[3] as { http: [string, string, number] }).http] as const)
      .map(([name, [method, uri]]): [string, Http] => [name, [method, uri]]),
  )
