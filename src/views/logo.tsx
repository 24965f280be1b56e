import { renderOnce } from "./render-once.ts";

/** The logo: a double door under a fanlight, with a frame in the shape of a T. public/favicon.svg is the same drawing. */
export function LogoMark({ class: className = "size-8" }: { class?: string }) {
  return drawLogo(className);
}

const drawLogo = renderOnce((className: string) => (
  <svg class={`shrink-0 ${className}`} viewBox="0 0 32 32" aria-hidden="true">
    <rect class="fill-primary" width="32" height="32" rx="8" />
    <path
      class="fill-primary-content"
      d="M7 13.25C7.25 8.5 11 5 16 5s8.75 3.5 9 8.25zM7 15.5h7.75V27h-6.5A1.25 1.25 0 0 1 7 25.75zM17.25 15.5H25v10.25A1.25 1.25 0 0 1 23.75 27h-6.5z"
    />
    <g class="fill-primary">
      <circle cx="12.4" cy="21.25" r="1.15" />
      <circle cx="19.6" cy="21.25" r="1.15" />
    </g>
  </svg>
));

/** A face with two open hands. It is drawn here, since many Linux machines have no font for the emoji U+1F917. */
export function HuggingFace({ class: className = "size-6" }: { class?: string }) {
  return (
    <svg class={`shrink-0 ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="11" r="9.5" fill="#ffd21e" />
      <g fill="none" stroke="#4a3a12" stroke-linecap="round" stroke-width="1.5">
        <path d="M6.8 9.6c.5-1 2.1-1 2.6 0M14.6 9.6c.5-1 2.1-1 2.6 0" />
      </g>
      <path d="M8 12.6h8c0 2.6-1.7 4.4-4 4.4s-4-1.8-4-4.4z" fill="#4a3a12" />
      <g fill="#ffb224" stroke="#b97509" stroke-width=".6">
        <ellipse cx="5.2" cy="18.6" rx="3.4" ry="2.5" transform="rotate(28 5.2 18.6)" />
        <ellipse cx="18.8" cy="18.6" rx="3.4" ry="2.5" transform="rotate(-28 18.8 18.6)" />
      </g>
    </svg>
  );
}
