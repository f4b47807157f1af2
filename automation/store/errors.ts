/** SQLSTATE 23505: another session was first. Both drivers carry it as `code`. */
export const isUniqueViolation = (error: unknown): boolean => (error as { code?: string } | null)?.code === '23505'
