import type {
  AddListenerCertificatesCommandInput,
  AddListenerCertificatesCommandOutput,
  Certificate,
  DescribeListenerCertificatesCommandInput,
  DescribeListenerCertificatesCommandOutput,
  RemoveListenerCertificatesCommandInput,
  RemoveListenerCertificatesCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { findListener } from './find.ts'
import { validationError } from './invalid.ts'
import { limits } from './limits.ts'
import { page } from './pages.ts'

export const isSecure = (protocol: string) => protocol === 'HTTPS' || protocol === 'TLS'

/** The one default certificate of a listener. There is no ACM here, so any ARN of a certificate is taken. */
export function acceptCertificates(protocol: string, given: readonly Certificate[] | undefined): Certificate[] {
  const secure = isSecure(protocol)
  if (!secure && given?.length) throw validationError(`A certificate cannot be specified for ${protocol} listeners`)
  if (!secure) return []
  if (!given?.length) throw validationError(`A certificate must be specified for ${protocol} listeners`)
  if (given.length > 1) throw validationError('Up to one certificate can be specified')
  return given.map((certificate) => ({ CertificateArn: requireArn(certificate) }))
}

/** What ModifyListener leaves: a new default certificate if one is given, and those that were added. */
export function replaceDefault(
  protocol: string,
  current: Certificate[],
  given: readonly Certificate[] | undefined,
): Certificate[] {
  if (isSecure(protocol) && !given && current.length > 0) return current
  return [...acceptCertificates(protocol, given), ...(isSecure(protocol) ? current.slice(1) : [])]
}

function requireArn({ CertificateArn = '' }: Certificate): string {
  if (/^arn:[\w-]+:(acm|iam):/.test(CertificateArn)) return CertificateArn
  throw new AwsError('CertificateNotFound', `Certificate ARN '${CertificateArn}' is not valid`)
}

export const addListenerCertificates: Operation<
  AddListenerCertificatesCommandInput,
  AddListenerCertificatesCommandOutput
> = (world, input) => {
  const listener = findListener(world, input.ListenerArn)
  if (listener.certificates.length === 0) {
    throw validationError('Certificates can be added to HTTPS and TLS listeners only')
  }
  const added = (input.Certificates ?? []).map((certificate) => ({ CertificateArn: requireArn(certificate) }))
  const known = new Set(listener.certificates.map(({ CertificateArn }) => CertificateArn))
  const all = [...listener.certificates, ...added.filter(({ CertificateArn }) => !known.has(CertificateArn))]
  const max = limits['certificates-per-application-load-balancer']
  if (all.length - 1 > max) {
    throw new AwsError('TooManyCertificates', `The maximum number of certificates, '${max}', has been reached`)
  }
  listener.certificates = all
  return { Certificates: added.map(({ CertificateArn }) => ({ CertificateArn, IsDefault: false })) }
}

export const removeListenerCertificates: Operation<
  RemoveListenerCertificatesCommandInput,
  RemoveListenerCertificatesCommandOutput
> = (world, input) => {
  const listener = findListener(world, input.ListenerArn)
  const removed = (input.Certificates ?? []).map(({ CertificateArn }) => CertificateArn)
  if (removed.includes(listener.certificates[0]?.CertificateArn)) {
    throw new AwsError('OperationNotPermitted', 'The default certificate of a listener cannot be removed')
  }
  listener.certificates = listener.certificates.filter(({ CertificateArn }) => !removed.includes(CertificateArn))
  return {}
}

export const describeListenerCertificates: Operation<
  DescribeListenerCertificatesCommandInput,
  DescribeListenerCertificatesCommandOutput
> = (world, input) => {
  const { certificates } = findListener(world, input.ListenerArn)
  const { items, NextMarker } = page(certificates, input)
  return {
    Certificates: items.map((certificate) => ({ ...certificate, IsDefault: certificate === certificates[0] })),
    NextMarker,
  }
}
