/** The static files every page links to, as paths of this origin (the CSP allows nothing else). */
export const assetPaths = {
  stylesheet: "/app.css",
  favicon: "/favicon.svg",
} as const;
