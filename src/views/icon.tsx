import { renderOnce } from "./render-once.ts";

/* Drawn for this project on a 24-unit grid. They are strokes only, so that they take the colour of the text. */
const drawings = {
  building:
    "M4 21V5.5L13 3v18M13 8.5l7 2V21M2.5 21h19M7.5 8.5h2M7.5 12.5h2M7.5 16.5h2M16.5 13.5v0M16.5 17v0",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevronDown: "M6.5 9.5l5.5 5.5 5.5-5.5",
  chevronRight: "M9.5 6.5L15 12l-5.5 5.5",
  circleCheck: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M8 12.4l2.8 2.8L16 9.6",
  circleInfo: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0M12 11v5.5M12 7.6v0",
  key: "M13.5 10.5L21 3M17.5 6.5l2.5 2.5M15 15a5 5 0 1 1-10 0 5 5 0 0 1 10 0",
  log: "M6 3h9l4 4v14H6zM14.5 3v4.5H19M9 12h7M9 16h7",
  octagonAlert: "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 7.8v5M12 16.2v0",
  person: "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6",
  people:
    "M12.5 8.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0M2.5 20c.6-3.7 3-5.5 6.5-5.5s5.9 1.8 6.5 5.5M15.8 5.3a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .8 3.2 2.5 3.5 5.1",
  plus: "M12 5v14M5 12h14",
  screen: "M3.5 5h17v11.5h-17zM9 20.5h6M12 16.5v4",
  signOut: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
  triangleAlert: "M12 3.5L22 20.5H2zM12 10v4.5M12 17.4v0",
} as const;

export type IconName = keyof typeof drawings;

/** A drawing beside a text with the same meaning. Assistive technology does not read it. */
export function Icon({ name, class: className = "size-5" }: { name: IconName; class?: string }) {
  return draw(name, className);
}

const draw = renderOnce((name: IconName, className: string) => (
  <svg class={`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true">
    <path d={drawings[name]} />
  </svg>
));
