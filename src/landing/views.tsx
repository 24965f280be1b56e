import { Icon } from "../views/icon.tsx";
import { HuggingFace } from "../views/logo.tsx";
import { claim, introduction, reasons } from "./content.ts";

/** Whether Logto offers Hugging Face. */
type LandingPageProps = { hasHuggingFace: boolean };

/** The page for visitors: what the product is, and how to sign in. Its words are in content.ts. */
export function LandingPage({ hasHuggingFace }: LandingPageProps) {
  return (
    <div class="grid grid-cols-1 items-center gap-12 sm:py-8 lg:grid-cols-[1.2fr_1fr] lg:gap-16 lg:py-16">
      <div>
        <h1 class="text-4xl leading-[1.08] font-bold tracking-[-0.03em] sm:text-5xl lg:text-6xl">
          {claim}
        </h1>
        <p class="mt-6 max-w-xl text-lg text-base-content/80 sm:text-xl">{introduction}</p>
        <SignIn hasHuggingFace={hasHuggingFace} />
      </div>
      <Reasons />
    </div>
  );
}

function SignIn({ hasHuggingFace }: LandingPageProps) {
  return (
    <div class="mt-9 max-w-md">
      <div class="grid gap-3 sm:grid-cols-2">
        <a class="btn btn-primary btn-lg text-base" href="/sign-in?screen=register">
          Create account
        </a>
        <a class="btn btn-outline btn-lg text-base" href="/sign-in">
          Sign in
        </a>
      </div>
      {hasHuggingFace && (
        <>
          <p class="my-3 flex items-center gap-3 text-sm text-base-content/75">
            <span class="h-px flex-1 bg-base-300" />
            or
            <span class="h-px flex-1 bg-base-300" />
          </p>
          <a
            class="btn btn-lg w-full border-base-300 bg-base-100 px-3 text-base"
            href="/sign-in?with=huggingface"
          >
            <HuggingFace />
            Continue with Hugging Face
          </a>
        </>
      )}
    </div>
  );
}

/* One sheet whose rows share their borders, in place of loose cards. */
function Reasons() {
  return (
    <ul class="divide-y divide-base-300 rounded-box border border-base-300 bg-base-100">
      {reasons.map((reason) => (
        <li key={reason.title} class="flex gap-4 p-6 sm:p-7">
          <span class="grid size-11 shrink-0 place-items-center rounded-field bg-primary/10 text-primary">
            <Icon name={reason.icon} class="size-6" />
          </span>
          <div>
            <h2 class="text-lg font-semibold">{reason.title}</h2>
            <p class="mt-1 text-base-content/80">{reason.text}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
