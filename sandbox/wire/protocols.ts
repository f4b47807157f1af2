import { awsQuery } from './aws-query.ts'
import { ec2Query } from './ec2-query.ts'
import type { Protocol } from './protocol.ts'

/** The protocols that the sandbox speaks, by the id that an SDK client gives its own. */
export const protocols: Readonly<Record<string, Protocol>> = {
  'aws.protocols#awsQuery': awsQuery,
  'aws.protocols#ec2Query': ec2Query,
}
