export interface Section {
  label: string;
  href: string;
  current: boolean;
}

/**
 * The second row of the header: the sections of an organization or of the account. It scrolls sideways on a phone, and
 * begins at the current section in browsers that know `scroll-initial-target`.
 */
export function SectionNav({ label, sections }: { label: string; sections: readonly Section[] }) {
  return (
    <nav class="border-b border-base-300 bg-base-100" aria-label={label}>
      <ul class="mx-auto flex max-w-6xl overflow-x-auto px-1 sm:gap-1 sm:px-3">
        {sections.map((section) => (
          <li key={section.href}>
            <a
              class="section-link"
              href={section.href}
              aria-current={section.current ? "page" : undefined}
            >
              {section.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
