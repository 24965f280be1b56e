import type { Section } from "./section-nav.tsx";

interface TabsProps {
  label: string;
  /** With the count of what waits there, if anything does. */
  tabs: readonly (Section & { count: string | undefined })[];
}

/** The pages of one section. Where they do not fit, they scroll sideways, and begin at the current one. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map(({ label: name, href, current, count }) => (
          <li key={href}>
            <a href={href} aria-current={current ? "page" : undefined}>
              {name}
              {count !== undefined && (
                <span>
                  {count}
                  <span class="sr-only"> waiting</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
