interface SdkError {
  name?: string
  message?: string
  Code?: string
  Error?: { Code?: string }
  $metadata?: { httpStatusCode?: number; requestId?: string }
}

/** A failed AWS operation, in the words of the official provider: operation, status, request, then AWS's own code and message. */
export class OperationError extends Error {
  /** AWS's code, such as `TargetGroupNotFound`. */
  readonly code: string
  readonly awsMessage: string

  constructor(service: string, operation: string, cause: unknown) {
    const { name = 'Error', message = '', Code, Error: detail, $metadata: metadata } = cause as SdkError
    const code = Code ?? detail?.Code ?? name.replace(/Exception$/, '')
    const where = `operation error ${service}: ${operation}`
    super(
      metadata?.httpStatusCode === undefined
        ? `${where}, ${code}: ${message}`
        : `${where}, https response error StatusCode: ${metadata.httpStatusCode}, ` +
            `RequestID: ${metadata.requestId ?? ''}, ${code}: ${message}`,
      { cause },
    )
    this.code = code
    this.awsMessage = message
  }
}

export function hasCode(error: unknown, ...codes: string[]): error is OperationError {
  return error instanceof OperationError && codes.includes(error.code)
}

/** The result, or undefined where AWS says that there is no such thing. */
export async function unlessMissing<Result>(request: Promise<Result>, ...codes: string[]): Promise<Result | undefined> {
  try {
    return await request
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined
    throw error
  }
}
