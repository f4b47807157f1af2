import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  ModifyListenerAttributesCommand,
  ModifyListenerCommand,
  type MutualAuthenticationAttributes,
  type ProtocolEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { listenerActionFields, fromActions, toActions } from '../actions.ts'
import { fromAttributes, toAttributes, type AttributeTable } from '../attributes.ts'
import type { Aws } from '../aws.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { computed, flag, number, output, replaces, required, tagged, text } from '../schema.ts'
import { elbv2Tagging, toTagList } from '../tags.ts'

type State = Unwrap<lb.ListenerState>

const forProtocols = (...protocols: string[]) => ({
  ...computed,
  appliesTo: ({ protocol }: { protocol?: unknown }) => protocols.includes(String(protocol)),
})
const httpsText = { ...text, ...forProtocols('HTTPS') }
const httpText = { ...text, ...forProtocols('HTTP', 'HTTPS') }

const request = 'routing.http.request'
const response = 'routing.http.response'

/** In the order of ELBv2's own page on listener attributes. */
const attributes = {
  tcpIdleTimeoutSeconds: { key: 'tcp.idle_timeout.seconds', type: 'number' },
  routingHttpRequestXAmznMtlsClientcertHeaderName: textOf(`${request}.x_amzn_mtls_clientcert.header_name`),
  routingHttpRequestXAmznMtlsClientcertIssuerHeaderName: textOf(`${request}.x_amzn_mtls_clientcert_issuer.header_name`),
  routingHttpRequestXAmznMtlsClientcertLeafHeaderName: textOf(`${request}.x_amzn_mtls_clientcert_leaf.header_name`),
  routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName: textOf(
    `${request}.x_amzn_mtls_clientcert_serial_number.header_name`,
  ),
  routingHttpRequestXAmznMtlsClientcertSubjectHeaderName: textOf(
    `${request}.x_amzn_mtls_clientcert_subject.header_name`,
  ),
  routingHttpRequestXAmznMtlsClientcertValidityHeaderName: textOf(
    `${request}.x_amzn_mtls_clientcert_validity.header_name`,
  ),
  routingHttpRequestXAmznTlsCipherSuiteHeaderName: textOf(`${request}.x_amzn_tls_cipher_suite.header_name`),
  routingHttpRequestXAmznTlsVersionHeaderName: textOf(`${request}.x_amzn_tls_version.header_name`),
  routingHttpResponseAccessControlAllowCredentialsHeaderValue: textOf(
    `${response}.access_control_allow_credentials.header_value`,
  ),
  routingHttpResponseAccessControlAllowHeadersHeaderValue: textOf(
    `${response}.access_control_allow_headers.header_value`,
  ),
  routingHttpResponseAccessControlAllowMethodsHeaderValue: textOf(
    `${response}.access_control_allow_methods.header_value`,
  ),
  routingHttpResponseAccessControlAllowOriginHeaderValue: textOf(
    `${response}.access_control_allow_origin.header_value`,
  ),
  routingHttpResponseAccessControlExposeHeadersHeaderValue: textOf(
    `${response}.access_control_expose_headers.header_value`,
  ),
  routingHttpResponseAccessControlMaxAgeHeaderValue: textOf(`${response}.access_control_max_age.header_value`),
  routingHttpResponseContentSecurityPolicyHeaderValue: textOf(`${response}.content_security_policy.header_value`),
  routingHttpResponseServerEnabled: { key: `${response}.server.enabled`, type: 'boolean' },
  routingHttpResponseStrictTransportSecurityHeaderValue: textOf(`${response}.strict_transport_security.header_value`),
  routingHttpResponseXContentTypeOptionsHeaderValue: textOf(`${response}.x_content_type_options.header_value`),
  routingHttpResponseXFrameOptionsHeaderValue: textOf(`${response}.x_frame_options.header_value`),
} as const satisfies AttributeTable

function textOf(key: string) {
  return { key, type: 'string' } as const
}

export const listener = resourceType<State>({
  token: 'aws:lb/listener:Listener',
  label: 'ELBv2 Listener',
  tagging: elbv2Tagging,
  schema: {
    ...tagged,
    alpnPolicy: text,
    arn: { ...text, ...output },
    certificateArn: text,
    defaultActions: { type: 'list', ...required, fields: listenerActionFields },
    loadBalancerArn: { ...text, ...required, ...replaces },
    mutualAuthentication: {
      type: 'object',
      ...computed,
      fields: {
        advertiseTrustStoreCaNames: { ...text, ...computed },
        ignoreClientCertificateExpiry: flag,
        mode: { ...text, ...required },
        trustStoreArn: text,
      },
    },
    port: { ...number, range: [0, 65_535] },
    protocol: { ...text, ...computed },
    sslPolicy: { ...text, ...computed },
    tcpIdleTimeoutSeconds: { ...number, ...forProtocols('TCP', 'GENEVE'), range: [60, 6000] },
    routingHttpRequestXAmznMtlsClientcertHeaderName: httpsText,
    routingHttpRequestXAmznMtlsClientcertIssuerHeaderName: httpsText,
    routingHttpRequestXAmznMtlsClientcertLeafHeaderName: httpsText,
    routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName: httpsText,
    routingHttpRequestXAmznMtlsClientcertSubjectHeaderName: httpsText,
    routingHttpRequestXAmznMtlsClientcertValidityHeaderName: httpsText,
    routingHttpRequestXAmznTlsCipherSuiteHeaderName: httpsText,
    routingHttpRequestXAmznTlsVersionHeaderName: httpsText,
    routingHttpResponseAccessControlAllowCredentialsHeaderValue: httpText,
    routingHttpResponseAccessControlAllowHeadersHeaderValue: httpText,
    routingHttpResponseAccessControlAllowMethodsHeaderValue: httpText,
    routingHttpResponseAccessControlAllowOriginHeaderValue: httpText,
    routingHttpResponseAccessControlExposeHeadersHeaderValue: httpText,
    routingHttpResponseAccessControlMaxAgeHeaderValue: httpText,
    routingHttpResponseContentSecurityPolicyHeaderValue: httpText,
    routingHttpResponseServerEnabled: { ...flag, ...forProtocols('HTTP', 'HTTPS') },
    routingHttpResponseStrictTransportSecurityHeaderValue: httpText,
    routingHttpResponseXContentTypeOptionsHeaderValue: httpText,
    routingHttpResponseXFrameOptionsHeaderValue: httpText,
  },

  async create(aws, planned) {
    const input = {
      ...settings(planned),
      LoadBalancerArn: planned.loadBalancerArn,
      Protocol: protocolOf(planned),
      DefaultActions: toActions(planned.defaultActions),
      Tags: toTagList(planned.tagsAll),
    }
    const { Listeners: [made] = [] } = await whenCertificateIsKnown(aws, () =>
      aws.elbv2(new CreateListenerCommand(input)),
    )
    return made?.ListenerArn ?? ''
  },

  /** AWS takes no attributes with the creation. */
  async complete(aws, id, planned) {
    await writeAttributes(aws, id, planned, () => true)
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(
      aws.elbv2(new DescribeListenersCommand({ ListenerArns: [id] })),
      'ListenerNotFound',
    )
    const listener = found?.Listeners?.[0]
    if (!listener) return undefined
    return {
      arn: id,
      alpnPolicy: listener.AlpnPolicy?.[0],
      certificateArn: listener.Certificates?.[0]?.CertificateArn,
      defaultActions: fromActions(listener.DefaultActions, prior.defaultActions),
      loadBalancerArn: listener.LoadBalancerArn,
      mutualAuthentication: fromMutualAuthentication(listener.MutualAuthentication),
      port: listener.Port,
      protocol: listener.Protocol,
      sslPolicy: listener.SslPolicy,
      ...(await readAttributes(aws, id, listener.Protocol)),
    }
  },

  async update(aws, id, planned, changed) {
    const isAttribute = (name: string) => name in attributes
    const isTag = (name: string) => name === 'tags' || name === 'tagsAll'
    if ([...changed].some((name) => !isAttribute(name) && !isTag(name))) {
      const input = {
        ...settings(planned),
        ListenerArn: id,
        ...(changed.has('defaultActions') && { DefaultActions: toActions(planned.defaultActions) }),
      }
      await whenCertificateIsKnown(aws, () => aws.elbv2(new ModifyListenerCommand(input)))
    }
    await writeAttributes(aws, id, planned, (name) => changed.has(name as keyof State))
  },

  async delete(aws, id) {
    await unlessMissing(aws.elbv2(new DeleteListenerCommand({ ListenerArn: id })), 'ListenerNotFound')
  },
})

function settings({ alpnPolicy, certificateArn, mutualAuthentication, port, protocol, sslPolicy }: State) {
  return {
    ...(alpnPolicy && { AlpnPolicy: [alpnPolicy] }),
    ...(certificateArn && { Certificates: [{ CertificateArn: certificateArn }] }),
    ...(mutualAuthentication && { MutualAuthentication: toMutualAuthentication(mutualAuthentication) }),
    ...(port && { Port: port }),
    ...(protocol && { Protocol: protocol.toUpperCase() as ProtocolEnum }),
    ...(sslPolicy && { SslPolicy: sslPolicy }),
  }
}

/** An application load balancer's listener speaks HTTP unless it says otherwise, HTTPS when it has a certificate. */
function protocolOf({ protocol, loadBalancerArn = '', certificateArn }: State): ProtocolEnum | undefined {
  if (protocol) return protocol.toUpperCase() as ProtocolEnum
  if (!loadBalancerArn.includes('loadbalancer/app/')) return undefined
  return certificateArn ? 'HTTPS' : 'HTTP'
}

/** A certificate that was just made is not known everywhere at once. */
function whenCertificateIsKnown<Result>(aws: Aws, act: () => Promise<Result>): Promise<Result> {
  return poll({ signal: aws.signal, timeoutSeconds: 300, what: 'the certificate' }, act, (error) =>
    hasCode(error, 'CertificateNotFound'),
  )
}

async function writeAttributes(aws: Aws, id: string, planned: State, wanted: (name: string) => boolean): Promise<void> {
  const Attributes = toAttributes(attributes, planned, wanted)
  if (Attributes.length > 0) await aws.elbv2(new ModifyListenerAttributesCommand({ ListenerArn: id, Attributes }))
}

/** AWS tells no attributes of a TLS listener. */
async function readAttributes(aws: Aws, id: string, protocol: ProtocolEnum | undefined): Promise<Partial<State>> {
  if (protocol === 'TLS') return {}
  const { Attributes = [] } = await aws.elbv2(new DescribeListenerAttributesCommand({ ListenerArn: id }))
  return fromAttributes(attributes, Attributes)
}

type MutualAuthentication = NonNullable<State['mutualAuthentication']>

function toMutualAuthentication(given: MutualAuthentication): MutualAuthenticationAttributes {
  if (given.mode !== 'verify') return { Mode: given.mode }
  return {
    Mode: given.mode,
    TrustStoreArn: given.trustStoreArn,
    IgnoreClientCertificateExpiry: given.ignoreClientCertificateExpiry ?? false,
  }
}

function fromMutualAuthentication(found: MutualAuthenticationAttributes | undefined): MutualAuthentication | undefined {
  if (!found?.Mode) return undefined
  return {
    mode: found.Mode,
    ...(found.Mode === 'verify' && {
      trustStoreArn: found.TrustStoreArn,
      ignoreClientCertificateExpiry: found.IgnoreClientCertificateExpiry,
      advertiseTrustStoreCaNames: found.AdvertiseTrustStoreCaNames,
    }),
  }
}
