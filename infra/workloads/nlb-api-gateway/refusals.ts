import { allowedVariable, backendsIn } from './backends.ts'
import {
  bindingOwnedByController,
  boundByBoth,
  notBoundInBlue,
  notPodAddresses,
  type BoundPods,
} from '../elbv2/pod-refusals.ts'
import {
  alreadySplit,
  dividedByRules,
  forwardsElsewhere,
  notAForward,
  notConnections,
  ownedByCloudFormation,
  ownedByController,
  refuseByFirst,
  servesNobody,
  sticky,
  targetGroupElsewhere,
  type Refusal,
} from '../elbv2/refusals.ts'
import { undeployed } from './gateway/operations.ts'
import { filled, portOf } from './gateway/uri.ts'
import type { ApiSurvey, SurveyedIntegration } from './survey.ts'

/** What was read of the API, of AWS and of both clusters before anything is decided. */
export interface Surveyed extends BoundPods {
  readonly api: ApiSurvey
  /** The entry says that the stage's cache may be flushed. */
  readonly flushCache: boolean
}

type Check = (surveyed: Surveyed) => Refusal

/** Why a switch point is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  ownedByController,
  ownedByCloudFormation,
  apiOwnedByCloudFormation,
  notConnections,
  dividedByRules,
  notAForward,
  alreadySplit,
  servesNobody,
  targetGroupElsewhere,
  forwardsElsewhere,
  notPodAddresses,
  sticky,
  notBoundInBlue,
  bindingOwnedByController,
  boundByBoth,
  greenPortTaken,
  listenersFull,
  notPrivate,
  otherAccount,
  linkNotAvailable,
  linkElsewhere,
  leadsElsewhere,
  otherBackends,
  variableTaken,
  variableUnfit,
  unlisted,
  canaryOn,
  cacheOn,
  undeployedEdits,
  servesElse,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotMove = (surveyed: Surveyed): void => refuseByFirst(checks, surveyed)

function apiOwnedByCloudFormation({ api: { tags, wanted }, config }: Surveyed): Refusal {
  const stack = tags['aws:cloudformation:stack-name']
  if (stack === undefined || config.managedElsewhere === 'paused') return null
  const reason = `${wanted.api} belongs to the CloudFormation stack ${stack}, which would set traffic back at its next update`
  return ['api', reason, 'Freeze that stack for the move and say managedElsewhere: paused.']
}

function greenPortTaken({ api: { wanted }, network }: Surveyed): Refusal {
  if (!network?.ports.includes(wanted.greenPort)) return null
  const reason = `the load balancer has a listener on ${wanted.greenPort} already`
  return ['greenPort', reason, 'Name a port that is free.']
}

function listenersFull({ network }: Surveyed): Refusal {
  if (!network || network.ports.length < network.maxListeners) return null
  const reason = `the load balancer has ${network.maxListeners} listeners, the most that it may have, and green needs one of its own`
  return ['greenPort', reason, 'Remove a listener, or use switch: listener-weights where the account can.']
}

const first = (
  { integrations }: ApiSurvey,
  odd: (integration: SurveyedIntegration) => boolean,
): SurveyedIntegration | undefined => integrations.find(odd)

const nameOf = ({ described }: SurveyedIntegration): string => described.name

function notPrivate({ api }: Surveyed): Refusal {
  const open = first(api, ({ connection }) => connection === null)
  if (open) {
    const reason = `${nameOf(open)} does not go through a VPC link, so it does not reach this load balancer`
    return ['integrations', reason, 'Name private integrations alone.']
  }
  const odd = first(api, ({ type }) => !['HTTP', 'HTTP_PROXY'].includes(type))
  if (!odd) return null
  return [
    'integrations',
    `${nameOf(odd)} is of type ${odd.type}`,
    'Name integrations of type HTTP or HTTP_PROXY alone.',
  ]
}

const accountOf = (arn: string): string | undefined => arn.split(':')[4]

function otherAccount({ api, listener }: Surveyed): Refusal {
  const own = accountOf(listener.ListenerArn ?? '')
  const targets = api.integrations.flatMap(({ uri, connection }) => [
    ...(uri.startsWith('arn:') ? [uri] : []),
    ...(api.links.get(connection ?? '')?.targets ?? []),
  ])
  const stranger = targets.find((arn) => accountOf(arn) !== own)
  if (stranger === undefined) return null
  return ['integrations', `${stranger} is in another account`, 'Move what is in one account.']
}

function linkNotAvailable({ api: { links } }: Surveyed): Refusal {
  const bad = [...links].find(([, { status }]) => status !== 'AVAILABLE')
  if (!bad) return null
  const [id, { status }] = bad
  const reason = `its VPC link ${id} is ${status}`
  return ['integrations', reason, 'Wait until it is AVAILABLE; one that slept for 60 days needs some requests to wake.']
}

function linkElsewhere({ api: { links }, loadBalancer }: Surveyed): Refusal {
  const own = loadBalancer.LoadBalancerArn ?? ''
  const other = [...links].find(([, { targets }]) => targets !== null && !targets.includes(own))
  if (!other) return null
  const [id, { targets }] = other
  return [
    'listener',
    `the VPC link ${id} leads to ${targets?.join(', ')}, not to its load balancer`,
    'Name its listener.',
  ]
}

function leadsElsewhere({ api, listener }: Surveyed): Refusal {
  const odd = first(api, ({ uri }) =>
    api.wanted.switch === 'integration-uri'
      ? uri !== listener.ListenerArn
      : portOf(filled(uri, api.stage.variables)) !== listener.Port,
  )
  if (!odd) return null
  const reason = `${nameOf(odd)} leads to ${odd.uri}, not to the listener on port ${listener.Port}`
  return ['integrations', reason, 'Name the listener that they lead to, and integrations that lead to it alone.']
}

function otherBackends({ api }: Surveyed): Refusal {
  const { wanted, integrations, stage } = api
  if (wanted.switch === 'integration-uri') return null
  if (wanted.switch === 'integration-port') {
    const odd = first(api, ({ uri }) => portOf(uri) === null)
    if (!odd) return null
    return ['integrations', `the port of ${odd.uri} is a stage variable`, 'Use switch: stage-variable.']
  }
  const backends = backendsIn(integrations, wanted.stageVariable, stage.variables)
  if (backends.size === 1) return null
  const reason = `they name ${backends.size} backends (${[...backends].join(', ')}), and one variable holds one`
  return ['integrations', reason, 'Let all of them name the same host and port, or use switch: integration-port.']
}

function variableTaken({ api: { wanted, integrations, stage } }: Surveyed): Refusal {
  if (wanted.switch !== 'stage-variable') return null
  const { stageVariable } = wanted
  const value = stage.variables[stageVariable]
  const read = integrations.some(({ uri }) => uri.includes(`\${stageVariables.${stageVariable}}`))
  if (value === undefined || read) return null
  return [
    'stageVariable',
    `the stage has a variable ${stageVariable} already (${value}), which these integrations do not read`,
    'Name another.',
  ]
}

function variableUnfit({ api: { wanted, integrations, stage } }: Surveyed): Refusal {
  if (wanted.switch !== 'stage-variable') return null
  const [backend = ''] = backendsIn(integrations, wanted.stageVariable, stage.variables)
  if (allowedVariable(backend)) return null
  return ['integrations', `${backend} cannot be the value of a stage variable`, 'Use switch: integration-port.']
}

/** What is not listed would stay on blue, and be answered by nobody once blue is gone. */
function unlisted({ api, listener }: Surveyed): Refusal {
  const listed = new Set(api.integrations.flatMap(({ operations }) => operations))
  const links = new Set(api.integrations.map(({ connection }) => connection))
  const leadsToBlue = ({ uri, connection }: { uri: string; connection: string | null }): boolean =>
    links.has(connection) &&
    (uri === listener.ListenerArn || portOf(filled(uri, api.stage.variables)) === listener.Port)
  const missed = [...api.served].find(([key, operation]) => !listed.has(key) && leadsToBlue(operation))
  if (!missed) return null
  return ['integrations', `${missed[0]} leads to the same listener and is not among them`, 'List it as well.']
}

function canaryOn({ api: { stage } }: Surveyed): Refusal {
  if (!stage.canary) return null
  const reason = `it has a canary with ${stage.canary.percent} % of the traffic`
  return ['stage', reason, 'Promote or remove it first; a stage has one.']
}

function cacheOn({ api: { cached }, flushCache }: Surveyed): Refusal {
  if (!cached || flushCache) return null
  const reason = 'its cache is on and may keep answers of the side that was left, for up to an hour'
  return ['stage', reason, 'Say flushCache: true, or turn the cache off.']
}

/** A deployment carries the whole API. */
function undeployedEdits({ api: { working, served, autoDeploy, wanted } }: Surveyed): Refusal {
  if (autoDeploy) return null
  const edits = undeployed(working, served, (_key, uri) => uri)
  if (edits.length === 0) return null
  const reason = `${wanted.api} has edits that its stage does not serve (${edits.join(', ')}), and a deployment would ship them`
  return ['stage', reason, 'Deploy or revert them first.']
}

function servesElse({ api: { integrations, served } }: Surveyed): Refusal {
  const odd = integrations.find(
    ({ operations }) => operations.length === 0 || operations.some((key) => !served.has(key)),
  )
  if (!odd) return null
  return ['integrations', `the stage serves nothing that leads to ${nameOf(odd)}`, 'Leave it out.']
}
