/** The paths of the pictures that were uploaded here begin so. */
export const pictureFolder = "/pictures/";

/** Whether an address is that of a picture that was uploaded here. */
export function isOwnPicture(address: string | null): boolean {
  return address?.startsWith(pictureFolder) ?? false;
}
