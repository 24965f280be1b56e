/** Links to the first page and the next page of a list; a link without an address is not shown. */
export function PageLinks(hrefs: Record<"first" | "next", string | undefined>) {
  const links = Object.entries({ "First page": hrefs.first, "Next page": hrefs.next });
  if (links.every(([, href]) => href === undefined)) return null;
  return (
    <nav class="flex flex-wrap gap-3" aria-label="Pages">
      {links.map(
        ([label, href]) =>
          href !== undefined && (
            <a key={label} class="btn btn-outline text-base" href={href}>
              {label}
            </a>
          ),
      )}
    </nav>
  );
}
