import {
  AddListenerCertificatesCommand,
  DescribeListenerCertificatesCommand,
  RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<lb.ListenerCertificateState>

/** Its id is `listenerArn_certificateArn`. */
export const listenerCertificate = resourceType<State>({
  token: 'aws:lb/listenerCertificate:ListenerCertificate',
  label: 'ELBv2 Listener Certificate',
  schema: {
    ...regional,
    certificateArn: { ...text, ...required, ...replaces },
    listenerArn: { ...text, ...required, ...replaces },
  },

  async create(aws, { listenerArn, certificateArn }) {
    const add = new AddListenerCertificatesCommand({
      ListenerArn: listenerArn,
      Certificates: [{ CertificateArn: certificateArn }],
    })
    await poll(
      { signal: aws.signal, timeoutSeconds: 120, what: 'the certificate' },
      () => aws.elbv2(add),
      (error) => hasCode(error, 'CertificateNotFound'),
    )
    return `${listenerArn}_${certificateArn}`
  },

  async read(aws, id) {
    const { listenerArn, certificateArn } = fromId(id)
    const describe = new DescribeListenerCertificatesCommand({ ListenerArn: listenerArn, PageSize: 400 })
    const found = await unlessMissing(aws.elbv2(describe), 'ListenerNotFound')
    const isThere = found?.Certificates?.some(
      ({ CertificateArn, IsDefault }) => CertificateArn === certificateArn && !IsDefault,
    )
    return isThere ? { listenerArn, certificateArn } : undefined
  },

  async delete(aws, id) {
    const { listenerArn, certificateArn } = fromId(id)
    const remove = new RemoveListenerCertificatesCommand({
      ListenerArn: listenerArn,
      Certificates: [{ CertificateArn: certificateArn }],
    })
    await unlessMissing(aws.elbv2(remove), 'ListenerNotFound', 'CertificateNotFound')
  },
})

function fromId(id: string): Required<Pick<State, 'listenerArn' | 'certificateArn'>> {
  const [listenerArn, ...rest] = id.split('_')
  const certificateArn = rest.join('_')
  if (!listenerArn || !certificateArn)
    throw new Error(`unexpected format for ID (${id}), expected LISTENER_ARN_CERTIFICATE_ARN`)
  return { listenerArn, certificateArn }
}
