import { generate } from 'selfsigned'

export interface Certificates {
  /** PEM. */
  ca: string
  cert: string
  key: string
}

const validity = { notAfterDate: new Date(Date.now() + 10 * 365 * 86_400_000) }
const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', ...validity } as const

/** A cluster's own authority, and a certificate of it for the API server on loopback. */
export async function makeCertificates(): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  })
  return { ca: authority.cert, cert: server.cert, key: server.private }
}
