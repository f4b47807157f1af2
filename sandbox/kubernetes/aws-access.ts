/** How the cluster's own software reaches AWS. */
export interface AwsAccess {
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}
