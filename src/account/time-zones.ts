/** Every IANA time zone that this runtime knows, UTC first. */
export const timeZones: readonly string[] = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC"),
];

/** Writes a zone for people: "America/Argentina/Buenos Aires". */
export const nameTimeZone = (zone: string): string => zone.replaceAll("_", " ");
