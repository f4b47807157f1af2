import type { Action, ForwardActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { computed, flag, map, number, required, text, texts, type Schema } from './schema.ts'

/** An action of a listener or of a rule; the SDK has one type for each, of the same shape. */
export type ActionState = NonNullable<Unwrap<lb.ListenerRuleState>['actions']>[number]

const authentication = {
  authenticationRequestExtraParams: map,
  onUnauthenticatedRequest: { ...text, ...computed },
  scope: { ...text, ...computed },
  sessionCookieName: { ...text, ...computed },
  sessionTimeout: { ...number, ...computed },
} as const satisfies Schema

/** An action of a listener. */
export const listenerActionFields = {
  authenticateCognito: {
    type: 'object',
    fields: {
      ...authentication,
      userPoolArn: { ...text, ...required },
      userPoolClientId: { ...text, ...required },
      userPoolDomain: { ...text, ...required },
    },
  },
  authenticateOidc: {
    type: 'object',
    fields: {
      ...authentication,
      authorizationEndpoint: { ...text, ...required },
      clientId: { ...text, ...required },
      clientSecret: { ...text, ...required },
      issuer: { ...text, ...required },
      tokenEndpoint: { ...text, ...required },
      userInfoEndpoint: { ...text, ...required },
    },
  },
  fixedResponse: {
    type: 'object',
    fields: {
      contentType: { ...text, ...required },
      messageBody: { ...text, range: [0, 1024] },
      statusCode: { ...text, ...computed },
    },
  },
  forward: {
    type: 'object',
    fields: {
      stickiness: {
        type: 'object',
        keepsWhenAbsent: true,
        fields: { duration: { ...number, ...required, range: [1, 604_800] }, enabled: { ...flag, default: false } },
      },
      targetGroups: {
        type: 'set',
        ...required,
        fields: { arn: { ...text, ...required }, weight: { ...number, default: 1, range: [0, 999] } },
      },
    },
  },
  jwtValidation: {
    type: 'object',
    fields: {
      additionalClaims: {
        type: 'set',
        fields: { format: { ...text, ...required }, name: { ...text, ...required }, values: { ...texts, ...required } },
      },
      issuer: { ...text, ...required },
      jwksEndpoint: { ...text, ...required },
    },
  },
  order: { ...number, ...computed, range: [1, 50_000] },
  redirect: {
    type: 'object',
    fields: {
      host: { ...text, default: '#{host}' },
      path: { ...text, default: '/#{path}' },
      port: { ...text, default: '#{port}' },
      protocol: { ...text, default: '#{protocol}' },
      query: { ...text, default: '#{query}' },
      statusCode: { ...text, ...required },
    },
  },
  targetGroupArn: text,
  type: { ...text, ...required },
} as const satisfies Schema

/**
 * An action of a rule. AWS answers a forward for a plain target group too; for a rule, one that the program does not
 * have is no change, for a listener it is one that goes. The official provider's own difference.
 */
export const ruleActionFields = {
  ...listenerActionFields,
  forward: { ...listenerActionFields.forward, keepsWhenAbsent: true },
} as const satisfies Schema

/** The whole list, because AWS replaces the whole list. */
export function toActions(actions: ActionState[] = []): Action[] {
  return actions.map((action, index) => ({
    Type: action.type as Action['Type'],
    Order: action.order || index + 1,
    ...specifics(action),
  }))
}

function specifics(action: ActionState): Partial<Action> {
  const { forward, redirect, fixedResponse, authenticateCognito, authenticateOidc, jwtValidation } = action
  switch (action.type) {
    case 'forward':
      return {
        ...(forward && { ForwardConfig: toForward(forward) }),
        ...(action.targetGroupArn && { TargetGroupArn: action.targetGroupArn }),
      }
    case 'redirect':
      return { RedirectConfig: pascal(redirect) as Action['RedirectConfig'] }
    case 'fixed-response':
      return { FixedResponseConfig: pascal(fixedResponse) as Action['FixedResponseConfig'] }
    case 'authenticate-cognito':
      return { AuthenticateCognitoConfig: pascal(authenticateCognito) as Action['AuthenticateCognitoConfig'] }
    case 'authenticate-oidc':
      return { AuthenticateOidcConfig: pascal(authenticateOidc) as Action['AuthenticateOidcConfig'] }
    case 'jwt-validation':
      return { JwtValidationConfig: pascal(jwtValidation) as Action['JwtValidationConfig'] }
    default:
      return {}
  }
}

function toForward({ targetGroups, stickiness }: NonNullable<ActionState['forward']>): ForwardActionConfig {
  return {
    TargetGroups: targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
    ...(stickiness && {
      TargetGroupStickinessConfig: {
        Enabled: stickiness.enabled ?? false,
        ...(stickiness.duration > 0 && { DurationSeconds: stickiness.duration }),
      },
    }),
  }
}

/**
 * AWS answers a target group both ways, whichever was given: as `targetGroupArn` and as a forward of one group. The
 * properties follow what was given (`prior`), and after an import, where nothing was, they have both.
 */
export function fromActions(actions: Action[] = [], prior: ActionState[] = []): ActionState[] {
  return actions
    .toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0))
    .map((action, index) => ({
      type: action.Type ?? '',
      order: action.Order ?? 0,
      ...fromSpecifics(action, prior[index]),
    }))
}

function fromSpecifics(action: Action, prior: ActionState | undefined): Partial<ActionState> {
  switch (action.Type) {
    case 'forward':
      return {
        ...(prior?.forward && !prior.targetGroupArn ? {} : { targetGroupArn: action.TargetGroupArn }),
        ...(prior && !prior.forward ? {} : { forward: fromForward(action.ForwardConfig) }),
      }
    case 'redirect':
      return { redirect: camel(action.RedirectConfig) as ActionState['redirect'] }
    case 'fixed-response':
      return { fixedResponse: camel(action.FixedResponseConfig) as ActionState['fixedResponse'] }
    case 'authenticate-cognito':
      return { authenticateCognito: camel(action.AuthenticateCognitoConfig) as ActionState['authenticateCognito'] }
    case 'authenticate-oidc': {
      // AWS never tells the secret.
      const clientSecret = prior?.authenticateOidc?.clientSecret
      return {
        authenticateOidc: {
          ...camel(action.AuthenticateOidcConfig),
          ...(clientSecret && { clientSecret }),
        } as ActionState['authenticateOidc'],
      }
    }
    case 'jwt-validation':
      return { jwtValidation: camel(action.JwtValidationConfig) as ActionState['jwtValidation'] }
    default:
      return {}
  }
}

function fromForward(config: ForwardActionConfig | undefined): ActionState['forward'] {
  if (!config) return undefined
  const { TargetGroups = [], TargetGroupStickinessConfig: stickiness } = config
  return {
    targetGroups: TargetGroups.map(({ TargetGroupArn = '', Weight = 1 }) => ({ arn: TargetGroupArn, weight: Weight })),
    ...(stickiness && {
      stickiness: { enabled: stickiness.Enabled ?? false, duration: stickiness.DurationSeconds ?? 0 },
    }),
  }
}

/** Configurations that AWS and the SDK name alike but for the first letter. */
function pascal(value: object | undefined): unknown {
  return renamed(value, (name) => name.charAt(0).toUpperCase() + name.slice(1))
}

function camel(value: object | undefined): object | undefined {
  return renamed(value, (name) => name.charAt(0).toLowerCase() + name.slice(1))
}

function renamed(value: object | undefined, rename: (name: string) => string): object | undefined {
  if (!value) return undefined
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [rename(name), renamedMember(member, rename)]),
  )
}

/** A list's elements are renamed too; a map's keys (extra parameters) are not. */
function renamedMember(member: unknown, rename: (name: string) => string): unknown {
  if (!Array.isArray(member)) return member
  return member.map((each: unknown) => (typeof each === 'object' && each ? renamed(each, rename) : each))
}
