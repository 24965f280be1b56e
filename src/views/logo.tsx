/** The mark: a T that is a doorway, lintel over door, with a brass knob. The same drawing as public/favicon.svg. */
export function LogoMark({ class: className = "size-8" }: { class?: string }) {
  return (
    <svg class={`shrink-0 ${className}`} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="fill-primary" width="32" height="32" rx="8" />
      <rect class="fill-primary-content" x="6" y="6.5" width="20" height="4.5" rx="1.25" />
      <path
        class="fill-primary-content"
        d="M10.5 13h11v11.25a1.25 1.25 0 0 1-1.25 1.25h-8.5a1.25 1.25 0 0 1-1.25-1.25z"
      />
      <circle class="fill-primary" cx="18.4" cy="19.3" r="1.6" />
    </svg>
  );
}

/** A friendly face with two open hands, drawn here because many Linux machines have no emoji font for U+1F917. */
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
