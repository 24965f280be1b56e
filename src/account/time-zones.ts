/** Names that the runtime lists in a former spelling; it knows the present one as well. */
const renamed: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Godthab": "America/Nuuk",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
};

/** Every IANA time zone that this runtime knows, UTC first. */
export const timeZones: readonly string[] = [
  "UTC",
  ...Intl.supportedValuesOf("timeZone")
    .filter((name) => name !== "UTC")
    .map((name) => renamed[name] ?? name)
    .toSorted(),
];

/** Writes a zone for people: "America/Argentina/Buenos Aires". */
export const nameTimeZone = (zone: string): string => zone.replaceAll("_", " ");
