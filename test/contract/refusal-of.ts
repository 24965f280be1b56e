import { LogtoError } from "../../src/logto/client/logto-error.ts";

/** @returns the refusal of a request; null if Logto accepted it */
export async function refusalOf(sent: Promise<unknown>) {
  try {
    await sent;
    return null;
  } catch (error) {
    if (!(error instanceof LogtoError)) throw error;
    return { kind: error.kind, status: error.status, code: error.code };
  }
}
