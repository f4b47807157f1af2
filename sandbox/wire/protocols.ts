import { awsJson } from './aws-json.ts'
import { awsQuery } from './aws-query.ts'
import { ec2Query } from './ec2-query.ts'
import type { ServiceModel } from './model.ts'
import type { Protocol, WireRequest } from './protocol.ts'
import { restJson } from './rest-json.ts'
import { restXml } from './rest-xml.ts'
import { rpcV2Cbor } from './rpc-v2-cbor.ts'

/** The protocols that the sandbox speaks, by the id that an SDK client gives its own. */
const protocols: Readonly<Record<string, Protocol>> = {
  'aws.protocols#awsJson1_0': awsJson,
  'aws.protocols#awsQuery': awsQuery,
  'aws.protocols#ec2Query': ec2Query,
  'aws.protocols#restJson1': restJson,
  'aws.protocols#restXml': restXml,
}

/**
 * The protocol of the SDK's client, save where a service speaks several and another client has chosen another: of
 * CloudWatch the AWS CLI wants CBOR, and older clients of any kind send forms.
 */
export function protocolOf(request: WireRequest, service: ServiceModel): Protocol | undefined {
  if (service.queryCompatible) {
    if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return rpcV2Cbor
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return awsQuery
  }
  return protocols[service.protocol]
}
