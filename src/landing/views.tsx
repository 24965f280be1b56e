import { productName } from "../runtime/product.ts";
import { Icon, type IconName } from "../views/icon.tsx";
import { HuggingFace } from "../views/logo.tsx";
import { Nameplates } from "./nameplates.tsx";

/** Whether Logto offers Hugging Face. */
type LandingPageProps = { hasHuggingFace: boolean };

const features: readonly { icon: IconName; title: string; text: string }[] = [
  {
    icon: "building",
    title: "Every customer, an organization",
    text: "People can be in several and switch between them. Each keeps its own address, so two tabs can be in two at once.",
  },
  {
    icon: "wall",
    title: "Isolation that holds",
    text: "One organization never sees another’s data: the queries keep them apart, and PostgreSQL’s row-level security does so again.",
  },
  {
    icon: "ladder",
    title: "Four roles, one table",
    text: "Owner, admin, member, viewer. What each may do stands in one place, and every page asks there first.",
  },
  {
    icon: "key",
    title: "Sign-in you don’t have to build",
    text: "Logto, an open-source identity provider, checks who people are: by password or with their Hugging Face account.",
  },
  {
    icon: "power",
    title: "Sessions that really end",
    text: "Signing out, a lost role or membership: each counts from the very next request, however many servers you run.",
  },
  {
    icon: "check",
    title: "Pages that just work",
    text: "Rendered on the server, usable by keyboard and screen reader, light and dark, complete without JavaScript.",
  },
];

/** The page for visitors: what the product is, and how to sign in. */
export function LandingPage({ hasHuggingFace }: LandingPageProps) {
  return (
    <>
      <section class="grid grid-cols-1 items-center gap-12 pb-16 sm:pt-6 sm:pb-24 lg:grid-cols-[1.15fr_1fr] lg:gap-16">
        <div>
          <h1 class="text-5xl leading-[1.04] font-bold tracking-[-0.035em] sm:text-6xl lg:text-7xl">
            Your product’s front door
          </h1>
          <p class="mt-6 max-w-xl text-lg text-base-content/80 sm:text-xl">
            {productName} is a starter for products that serve many customers at once. Sign-in,
            organizations and roles are done, so you can begin with the part that is yours.
          </p>
          <SignIn hasHuggingFace={hasHuggingFace} />
        </div>
        <Nameplates />
      </section>
      <Features />
      <FirstRun />
    </>
  );
}

function SignIn({ hasHuggingFace }: LandingPageProps) {
  return (
    <div class="mt-9 max-w-md">
      <div class="grid gap-3 sm:grid-cols-2">
        <a class="btn btn-primary btn-lg text-base" href="/sign-in">
          Sign in
        </a>
        <a class="btn btn-outline btn-lg text-base" href="/sign-in?screen=register">
          Create account
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

/* One sheet whose cells share their borders, in place of loose cards. */
function Features() {
  return (
    <section aria-labelledby="features-title">
      <h2 id="features-title" class="text-3xl font-bold tracking-tight sm:text-4xl">
        What is behind the door
      </h2>
      <ul class="mt-8 grid gap-px overflow-hidden rounded-box border border-base-300 bg-base-300 sm:grid-cols-2 lg:grid-cols-3">
        {features.map((feature) => (
          <li key={feature.title} class="bg-base-100 p-6 sm:p-8">
            <Icon name={feature.icon} class="size-7 text-primary" />
            <h3 class="mt-4 text-lg font-semibold">{feature.title}</h3>
            <p class="mt-2 text-base-content/80">{feature.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FirstRun() {
  return (
    <section
      class="mt-16 grid items-center gap-6 rounded-box bg-neutral p-7 text-neutral-content sm:mt-24 sm:p-12 lg:grid-cols-2 lg:gap-12"
      aria-labelledby="first-run-title"
    >
      <div>
        <h2 id="first-run-title" class="text-2xl font-bold tracking-tight sm:text-3xl">
          The whole building on your laptop
        </h2>
        <p class="mt-3 text-neutral-content/85">
          One command starts the app with a real PostgreSQL and a local identity provider. No
          Docker, no accounts to open first.
        </p>
      </div>
      <p class="overflow-x-auto rounded-field border border-neutral-content/25 px-5 py-4 font-mono text-sm whitespace-nowrap sm:text-base">
        <span class="text-accent select-none" aria-hidden="true">
          ${" "}
        </span>
        <code>npm ci && npm run dev</code>
      </p>
    </section>
  );
}
