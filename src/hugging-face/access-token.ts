import { seal, unseal } from "../http/seal.ts";

const purpose = "hugging-face access token";

/** @param secrets the newest seals */
export function sealAccessToken(token: string, [newest = ""]: readonly string[]): Promise<string> {
  return seal(token, newest, purpose);
}

/** @returns null where it was sealed with a secret that is not in use any more */
export async function openAccessToken(
  sealed: string,
  secrets: readonly string[],
): Promise<string | null> {
  for (const secret of secrets) {
    const token = await unseal(sealed, secret, purpose);
    if (token !== null) return token;
  }
  return null;
}
