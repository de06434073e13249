import { GuestErrno } from 'quiltboot/suite';

/** The errno that a call failed with, `none` when it did not fail. Anything else that went wrong is thrown on. */
export async function errnoOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof GuestErrno) return error.errno;
    throw error;
  }
}
