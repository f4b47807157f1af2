/** Where a cluster's API server is. */
export interface ControlPlane {
  readonly endpoint: string
  /** PEM. */
  readonly certificateAuthority: string
}

export interface ControlPlaneRequest {
  readonly name: string
  /** `1.33` */
  readonly version: string
  /** What EKS would call the API server: `https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com` */
  readonly endpoint: string
}

/** Whoever runs the API servers that EKS stands in front of. */
export interface ControlPlanes {
  /** When a new cluster's time of creation is over. It becomes ACTIVE when this resolves, and FAILED when it rejects. */
  start(request: ControlPlaneRequest): Promise<ControlPlane>
  /** When a cluster is gone. */
  stop(name: string): Promise<void>
}

/** No API server is behind any cluster. */
export const nobody: ControlPlanes = {
  start: async ({ endpoint }) => ({ endpoint, certificateAuthority: 'no API server is behind this cluster' }),
  stop: async () => undefined,
}
